#include "doctor/path_examination.h"

#include <utility>

#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/http_examination.h"
#include "doctor/inspection.h"
#include "doctor/name_examination.h"
#include "doctor/opening_examination.h"
#include "doctor/preface.h"
#include "doctor/proxy_examination.h"
#include "doctor/shown_command.h"
#include "doctor/start_tls_examination.h"
#include "doctor/tcp_attempt.h"
#include "doctor/tcp_examination.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {
namespace {

constexpr Check kAddressInUrl{
    .id = "path.address-in-url",
    .source = "RFC 9110, 4.3.4; RFC 6066, 3",
    .why = {"certificates, rules of proxies and single sign-on go by names: none of them fits an address",
            "Zertifikate, Regeln von Proxys und einmalige Anmeldung richten sich nach Namen: keines passt zu einer "
            "Adresse"}};
constexpr Check kDirectWorks{.id = "path.direct-works",
                             .source = "",
                             .why = {"an exception from the proxy for this destination would help",
                                     "eine Ausnahme vom Proxy für dieses Ziel würde helfen"}};

constexpr Check kTrustUnreadable{
    .id = "path.trust-unreadable",
    .source = "",
    .why = {"without it the gate trusts no certificate there, so it does not start, or does not get there",
            "ohne ihn vertraut das Tor dort keinem Zertifikat: Es startet nicht oder kommt nicht hin"}};

constexpr Check kUsualProxy{.id = "path.usual-proxy",
                            .source = "curl(1), ENVIRONMENT",
                            .why = {"programs that heed it go through the proxy, where the way may be open",
                                    "Programme, die sie beachten, gehen durch den Proxy, wo der Weg offen sein kann"}};

void warn_of_address(const PathSubject& subject, Path& path) {
  const Destination& destination = subject.destination;
  if (!subject.typed || !destination.is_address() || destination.scheme != Scheme::Https) return;
  path.tell({.check = kAddressInUrl,
             .level = Level::Warning,
             .hop = subject.hop,
             .seen = {cat(to_text(destination), " has an IP address where a name should stand"),
                      cat(to_text(destination), " hat eine IP-Adresse, wo ein Name stehen sollte")},
             .remedy = {"give the server a name in DNS and use that",
                        "dem Server einen Namen im DNS geben und den verwenden"},
             .command = cat("getent hosts ", shell_word(destination.host))});
}

// The first address of the end's name, without its proxy.
net::Task<std::optional<net::Address>> direct_address(const Setting& setting, Destination destination) {
  if (Result<net::Address> ip = net::parse_ip(destination.host, destination.port)) co_return *ip;
  SystemAnswer names = co_await ask_system(setting, destination.host, destination.port);
  if (names.addresses.empty()) co_return std::nullopt;
  co_return names.addresses.front();
}

net::Task<std::unique_ptr<net::Stream>> dial_end(const Setting& setting, Destination destination) {
  std::optional<net::Address> address = co_await direct_address(setting, destination);
  if (!address) co_return fail(Kind::Unavailable, "net.address", "the name has no address here");
  std::unique_ptr<net::Stream> stream = co_await net::connect(setting.loop, *address, setting.step);
  co_return stream;
}

// Where one does not get there directly, and programs on this machine would not even try.
void tell_usual_proxy(const PathSubject& subject, Path& path) {
  if (subject.usual_proxy.empty()) return;
  std::string option = cat("--via ", subject.usual_proxy);
  path.tell({.check = kUsualProxy,
             .level = Level::Note,
             .hop = subject.hop,
             .seen = {cat("the environment names a proxy, ", subject.usual_proxy, ", which was not used"),
                      cat("die Umgebung nennt einen Proxy, ", subject.usual_proxy, ", der nicht verwendet wurde")},
             .remedy = {cat("examine the way through it: ", option), cat("den Weg durch ihn untersuchen: ", option)}});
}

// Where the proxy does not lead to the end, whether one gets there without.
net::Task<> try_without_proxy(const Setting& setting, const Destination& destination, Path& path) {
  std::optional<net::Address> address = co_await direct_address(setting, destination);
  if (!address) co_return {};
  TcpAttempt attempt = co_await attempt_tcp(setting.loop, *address, setting.step);
  if (attempt.reach != Reach::Open) co_return {};
  Destination direct = destination;
  direct.via.reset();
  path.tell({.check = kDirectWorks,
             .level = Level::Note,
             .hop = path.hops().size() - 1,
             .seen = {cat("without the proxy, ", attempt.to.to_text(), " takes connections"),
                      cat("ohne den Proxy nimmt ", attempt.to.to_text(), " Verbindungen an")},
             .remedy = {"if that is allowed, except the destination from the proxy (no_proxy)",
                        "wenn das erlaubt ist, das Ziel vom Proxy ausnehmen (no_proxy)"},
             .command = curl_command(direct)});
  co_return {};
}

bool asks_for_tls(const Destination& destination) {
  return destination.preface == Preface::LdapStartTls || destination.preface == Preface::SmtpStartTls;
}

// What connections to an address that takes them begin with: the first bytes of TLS or HTTP, or a question for TLS. A
// mail server that does without is spoken to without, and so is one that turns this machine away before that.
net::Task<Dial> way_to(const Setting& setting, net::Address to, PathSubject& subject, Path& path) {
  Destination& destination = subject.destination;
  bool goes_on = true;
  if (asks_for_tls(destination)) {
    bool needed = !subject.mail || !subject.mail->user.empty();
    StartTlsSubject asked{.destination = destination, .at = to, .hop = subject.hop, .needed = needed};
    PrefaceEnd end = co_await examine_start_tls(setting, asked, path);
    bool without_tls = end == PrefaceEnd::NotOffered || end == PrefaceEnd::Refused;
    bool in_clear = (without_tls && !needed) || end == PrefaceEnd::TurnsAway;
    goes_on = end == PrefaceEnd::Said || in_clear;
    if (in_clear) {
      destination.scheme = Scheme::Plain;
      destination.preface = Preface::Nothing;
    }
  } else if (destination.scheme != Scheme::Plain) {
    goes_on = co_await examine_opening(setting, destination, to, subject.hop, path);
  }
  Dial dial;
  if (goes_on) dial = [&setting, to, preface = destination.preface] { return dial_with(setting, preface, to); };
  co_return dial;
}

// How one gets to the end.
struct Way {
  Dial dial;               // empty: there is none, which has been told
  bool is_public = false;  // it leads to an address of the Internet, or through a proxy to one that only that knows
  FetchWay fetches;        // how one gets to what its certificates name
};

// From there on the destination is called by its server_name, if it has one.
net::Task<Way> find_way(const Setting& setting, const NameFacts& facts, PathSubject& subject, Path& path) {
  Destination& destination = subject.destination;
  Way found;
  if (destination.via) {
    ProxySubject proxied{.destination = destination, .trust = subject.judges.proxy_trust, .hop = subject.hop - 1};
    std::shared_ptr<const ProxyWay> way = co_await examine_proxy(setting, facts, proxied, path);
    std::string end = host_port(destination.host, destination.port);
    found.fetches.proxy = way;
    found.is_public = true;
    if (way)
      found.dial = [&setting, way, end] { return dial_through(setting, way, end); };
    else if (path.first_error() != nullptr)
      co_await try_without_proxy(setting, destination, path);
    co_return found;
  }
  Station station{.host = destination.host, .port = destination.port, .at = destination.at, .hop = subject.hop};
  std::vector<net::Address> addresses = co_await examine_name(setting, facts, station, path);
  std::vector<net::Address> open = co_await examine_tcp(setting, station, std::move(addresses), path);
  if (open.empty()) {
    tell_usual_proxy(subject, path);
    co_return found;
  }
  if (!subject.server_name.empty()) {
    destination.host = subject.server_name;
    destination.at = open.front();
  }
  if (subject.tcp_only) co_return found;
  found.dial = co_await way_to(setting, open.front(), subject, path);
  found.fetches.to_this_machine = open.front().is_loopback();
  found.is_public = !open.front().is_loopback() && !is_private(open.front());
  co_return found;
}

// What curl can be given to trust; empty: nothing of the kind.
std::string trust_file_of(const Judges& judges) {
  bool one = judges.trust.size() == 1 && judges.trust.front()->form == pki::StoreForm::Pem;
  return one ? judges.trust.front()->name : std::string();
}

net::Task<TlsPicture> examine_seal(const Setting& setting, const PathSubject& subject, const Way& way, Path& path) {
  TlsSubject sealed{.dial = way.dial,
                    .destination = subject.destination,
                    .hop = subject.hop,
                    .trust = subject.judges.trust,
                    .trust_setting = subject.judges.setting,
                    .clients = subject.judges.clients,
                    .fetches = way.fetches,
                    .needs_http1 = subject.needs_http1};
  // What an inspection does to the certificate is told behind it.
  Path told(path.subject(), path.hops());
  TlsPicture picture = co_await examine_tls(setting, sealed, told);
  bool proxied = subject.destination.via.has_value();
  InspectionSubject inspected{
      .destination = subject.destination,
      .hop = proxied ? subject.hop - 1 : subject.hop,
      .chain_holds = told.worst_of(subject.hop) != Level::Error,
      .direct = {},
      .validated = picture.validated,
      .is_public = way.is_public && subject.typed && !subject.is_gate && is_public_name(subject.destination.host),
      .expected_issuer = subject.expected_issuer};
  if (proxied)
    inspected.direct = [&setting, destination = subject.destination] { return dial_end(setting, destination); };
  co_await examine_inspection(setting, inspected, picture.sent, path);
  for (const Finding* finding : told.in_order()) path.tell(*finding);
  co_return picture;
}

}  // namespace

Path path_to(const Destination& destination, const Message& from, std::string_view name) {
  std::vector<Hop> hops = {{.name = from, .reached = true}};
  if (destination.via) {
    std::string proxy = to_text(*destination.via);
    hops.push_back({.name = {cat("proxy ", proxy), cat("Proxy ", proxy)}});
  }
  std::string end = host_port(destination.host, destination.port);
  hops.push_back({.name = {end, end}});
  return {cat(name, name.empty() ? "" : " ", to_text(destination)), std::move(hops)};
}

net::Task<> examine_end(const Setting& setting, const NameFacts& facts, PathSubject subject, Path& path) {
  if (subject.trust_fault) {
    subject.trust_fault->check = kTrustUnreadable;
    subject.trust_fault->level = Level::Error;
    subject.trust_fault->hop = subject.hop;
    path.tell(*subject.trust_fault);
  }
  warn_of_address(subject, path);
  Way way = co_await find_way(setting, facts, subject, path);
  if (!way.dial) co_return {};
  if (subject.destination.via) subject.hop = path.hops().size() - 1;
  path.reach(subject.hop);
  TlsPicture sealed;
  if (subject.destination.speaks_tls()) {
    sealed = co_await examine_seal(setting, subject, way, path);
    if (!sealed.speaks_tls) co_return {};
  }
  if (subject.directory) co_await examine_directory(setting, *subject.directory, subject.hop, path);
  if (subject.mail) {
    MailSubject wanted{.wish = *subject.mail, .dial = way.dial, .destination = subject.destination, .hop = subject.hop};
    co_await examine_mail(setting, wanted, path);
  }
  if (!subject.destination.speaks_http()) co_return {};
  HttpSubject asked{.dial = std::move(way.dial),
                    .destination = subject.destination,
                    .hop = subject.hop,
                    .context_paths = subject.context_paths,
                    .healthy = subject.healthy,
                    .is_gate = subject.is_gate,
                    .leads_to_https = subject.leads_to_https,
                    .asks_for_certificate = sealed.asks_for_certificate,
                    .trust_file = trust_file_of(subject.judges)};
  co_await examine_http(setting, asked, path);
  co_return {};
}

}  // namespace pforte::doctor
