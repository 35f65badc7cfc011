#include "doctor/inspection.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/shown_command.h"
#include "net/address.h"
#include "net/together.h"
#include "pki/authority_information.h"
#include "tls/probe.h"

namespace pforte::doctor {
namespace {

// What stands in subject or issuer of the CAs with which products and tools seal what they have opened, in small
// letters; as they come, since a company can give its own CA to most of them.
// Source: Durumeric and others, "The Security Impact of HTTPS Interception" (NDSS 2017), and the products' manuals.
struct InspectorMark {
  std::string_view words;
  std::string_view product;
};
constexpr auto kInspectorMarks = std::to_array<InspectorMark>({
    {"zscaler", "Zscaler"},
    {"fortigate", "Fortinet FortiGate"},
    {"fortinet", "Fortinet FortiGate"},
    {"palo alto networks", "Palo Alto Networks"},
    {"prisma access", "Palo Alto Networks"},
    {"blue coat", "Blue Coat ProxySG"},
    {"bluecoat", "Blue Coat ProxySG"},
    {"symantec web security", "Symantec Web Security Service"},
    {"sophos", "Sophos"},
    {"check point", "Check Point"},
    {"cisco umbrella", "Cisco Umbrella"},
    {"ironport", "Cisco Secure Web Appliance"},
    {"netskope", "Netskope"},
    {"goskope", "Netskope"},
    {"mcafee", "Skyhigh (McAfee) Web Gateway"},
    {"skyhigh", "Skyhigh (McAfee) Web Gateway"},
    {"forcepoint", "Forcepoint"},
    {"websense", "Forcepoint"},
    {"sonicwall", "SonicWall DPI-SSL"},
    {"fireware", "WatchGuard Fireware"},
    {"barracuda", "Barracuda"},
    {"untangle", "Untangle"},
    {"smoothwall", "Smoothwall"},
    {"gateway ca - cloudflare", "Cloudflare Gateway"},
    {"cloudflare for teams", "Cloudflare Gateway"},
    {"kaspersky", "Kaspersky"},
    {"eset ssl filter", "ESET"},
    {"avast", "Avast"},
    {"avg web/mail shield", "AVG"},
    {"bitdefender", "Bitdefender"},
    {"do_not_trust_fiddler", "Fiddler"},
    {"mitmproxy", "mitmproxy"},
    {"portswigger", "Burp Suite"},
    {"charles proxy", "Charles"},
    {"squid", "Squid ssl-bump"},
});

constexpr Check kInspected{.id = "inspection.product",
                           .source = "Durumeric and others, The Security Impact of HTTPS Interception, NDSS 2017",
                           .why = {"whoever opens TLS reads everything, passwords and tickets too; apps with pinned "
                                   "certificates and Java with a trust store of its own refuse its certificates",
                                   "wer TLS öffnet, liest alles mit, auch Passwörter und Tickets; Apps mit festem "
                                   "Zertifikat und Java mit eigenem Vertrauensspeicher lehnen seine Zertifikate ab"}};
constexpr Check kIssuerDiffers{.id = "inspection.issuer-differs",
                               .source = "RFC 5280, 4.1.2.4",
                               .why = {"the same server shows another certificate without the proxy: somebody on this "
                                       "way opens TLS",
                                       "ohne den Proxy zeigt derselbe Server ein anderes Zertifikat: Jemand auf diesem "
                                       "Weg öffnet TLS"}};
constexpr Check kIssuerUnexpected{.id = "inspection.unexpected-issuer",
                                  .source = "RFC 5280, 4.1.2.4",
                                  .why = {"the certificate is not the one the server is known for: it was changed, or "
                                          "somebody on the way opens TLS",
                                          "das Zertifikat ist nicht das bekannte: Es wurde gewechselt, oder jemand auf "
                                          "dem Weg öffnet TLS"}};
constexpr Check kPrivateIssuer{
    .id = "inspection.private-issuer",
    .source = "CA/Browser Forum, TLS Baseline Requirements, 7.1.2.7.9; RFC 6962, 3.3",
    .why = {"a public CA says in its certificates that it is one: this one is of a company, and a company that issues "
            "for others' names opens TLS on the way",
            "eine öffentliche CA sagt in ihren Zertifikaten, dass sie eine ist: Dieses ist von einer Firma, und eine "
            "Firma, die für fremde Namen ausstellt, öffnet TLS unterwegs"}};
constexpr Check kNotInspected{.id = "inspection.none", .source = "", .why = {"", ""}};

Message remedy_of_inspection() {
  return {"except this host from the inspection; else import its CA wherever a program has a trust store of its own",
          "diesen Host von der Inspektion ausnehmen; sonst deren CA in jeden eigenen Vertrauensspeicher eines "
          "Programms aufnehmen"};
}

std::vector<Evidence> issuers(std::span<const pki::Certificate> seen, std::span<const pki::Certificate> direct) {
  std::vector<Evidence> evidence;
  if (!seen.empty()) {
    evidence.push_back({.name = {"issuer seen", "gesehener Aussteller"}, .value = seen.front().issuer.text()});
    evidence.push_back({.name = {"SHA-256 seen", "gesehener SHA-256"}, .value = seen.front().sha256()});
  }
  if (!direct.empty()) {
    evidence.push_back(
        {.name = {"issuer without proxy", "Aussteller ohne Proxy"}, .value = direct.front().issuer.text()});
    evidence.push_back({.name = {"SHA-256 without proxy", "SHA-256 ohne Proxy"}, .value = direct.front().sha256()});
  }
  return evidence;
}

// Kept for other uses than the public DNS.
constexpr auto kPrivateEndings =
    std::to_array<std::string_view>({"test", "example", "invalid", "localhost", "local", "onion", "alt", "arpa",
                                     "internal", "intranet", "private", "corp", "home", "lan", "localdomain"});

// Who meant it to be opened has imported the CA; where the chain does not hold, this is why.
Level level_of_inspection(const InspectionSubject& subject) {
  return subject.chain_holds ? Level::Warning : Level::Error;
}

void tell_cause(const InspectionSubject& subject, Path& path, Finding finding) {
  finding.hop = subject.hop;
  if (finding.remedy.en.empty()) finding.remedy = remedy_of_inspection();
  finding.command = s_client_command(subject.destination, {"-showcerts"});
  finding.clients = {pki::ClientKind::App, pki::ClientKind::Java};
  path.tell(std::move(finding));
}

void tell_differing(const InspectionSubject& subject, std::span<const pki::Certificate> seen,
                    std::span<const pki::Certificate> direct, Path& path) {
  std::string with = seen.front().issuer.text();
  std::string without = direct.front().issuer.text();
  tell_cause(subject, path,
             {.check = kIssuerDiffers,
              .level = level_of_inspection(subject),
              .seen = {cat("the certificate seen through the proxy is issued by ", with, ", without it by ", without),
                       cat("das Zertifikat durch den Proxy ist von ", with, ", ohne ihn von ", without)},
              .evidence = issuers(seen, direct)});
}

// A guess, where nothing can be compared: a company may have a server on the Internet for itself.
void tell_private(const InspectionSubject& subject, std::span<const pki::Certificate> seen, Path& path) {
  const pki::Certificate& own = seen.front();
  bool is_odd = subject.is_public && !own.self_issued() && !pki::is_of_public_authority(own);
  if (!is_odd) return;
  std::string issuer = own.issuer.text();
  tell_cause(subject, path,
             {.check = kPrivateIssuer,
              .level = Level::Warning,
              .seen = {cat("the name is a public one, and its certificate is of no public CA but of ", issuer),
                       cat("der Name ist ein öffentlicher, und sein Zertifikat ist von keiner öffentlichen CA, sondern "
                           "von ",
                           issuer)},
              .remedy = {"if that is the server's own CA, say so with --expect-issuer; else except this host from the "
                         "inspection, or import its CA wherever a program has a trust store of its own",
                         "ist das die CA des Servers selbst, es mit --expect-issuer sagen; sonst diesen Host von der "
                         "Inspektion ausnehmen oder deren CA in jeden eigenen Vertrauensspeicher eines Programms "
                         "aufnehmen"},
              .evidence = issuers(seen, {})});
}

net::Task<> fetch_chain(const Setting& setting, const InspectionSubject& subject,
                        std::vector<pki::Certificate>& chain) {
  std::unique_ptr<net::Stream> stream = co_await subject.direct();
  stream->read_deadline(setting.loop.now() + setting.step);
  stream->write_deadline(setting.loop.now() + setting.step);
  tls::ProbeTerms terms;
  if (!subject.destination.is_address()) terms.name = subject.destination.host;
  tls::Probed probed = co_await tls::probe(*stream, terms);
  for (std::string& der : probed.chain) {
    Result<pki::Certificate> read = pki::read_certificate(std::move(der), subject.destination.host);
    if (!read) break;
    chain.push_back(*std::move(read));
  }
  co_return {};
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
         });
}

}  // namespace

std::string_view inspector_in(std::span<const pki::Certificate> chain) {
  // One that a product came with is no seal on another's words.
  if (chain.empty() || chain.front().self_issued()) return {};
  for (const pki::Certificate& one : chain) {
    std::string issuer = lowered(one.issuer.text());
    const auto* found = std::ranges::find_if(
        kInspectorMarks, [&](const InspectorMark& mark) { return issuer.find(mark.words) != std::string::npos; });
    if (found != kInspectorMarks.end()) return found->product;
  }
  return {};
}

bool is_public_name(std::string_view host) {
  std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || net::parse_ip(host)) return false;
  std::string ending = lowered(host.substr(dot + 1));
  return std::ranges::find(kPrivateEndings, ending) == kPrivateEndings.end();
}

bool is_expected(std::span<const pki::Certificate> chain, std::string_view issuer) {
  std::string wanted = lowered(issuer);
  std::string digits = wanted;
  std::erase(digits, ':');
  bool digest = is_digest(digits);
  return std::ranges::any_of(chain, [&](const pki::Certificate& one) {
    return digest ? one.sha256() == digits : lowered(one.issuer.text()).find(wanted) != std::string::npos;
  });
}

void tell_inspection(const InspectionSubject& subject, std::span<const pki::Certificate> seen,
                     std::span<const pki::Certificate> direct, Path& path) {
  if (seen.empty()) return;
  bool expected = !subject.expected_issuer.empty() && (is_expected(seen, subject.expected_issuer) ||
                                                       is_expected(subject.validated, subject.expected_issuer));
  std::string_view product = inspector_in(seen);
  if (!product.empty() && !expected) {
    tell_cause(subject, path,
               {.check = kInspected,
                .level = level_of_inspection(subject),
                .seen = {cat("TLS is opened on the way by ", product), cat("TLS wird unterwegs geöffnet: ", product)},
                .evidence = issuers(seen, direct)});
    return;
  }
  if (!subject.expected_issuer.empty() && !expected) {
    tell_cause(
        subject, path,
        {.check = kIssuerUnexpected,
         .level = Level::Error,
         .seen = {cat("the certificate is issued by ", seen.front().issuer.text(), ", expected was ",
                      subject.expected_issuer),
                  cat("das Zertifikat ist von ", seen.front().issuer.text(), ", erwartet war ",
                      subject.expected_issuer)},
         .remedy = {"ask whoever runs the server whether its CA was changed; if not, somebody on the way opens TLS",
                    "beim Betreiber des Servers fragen, ob die CA gewechselt wurde; wenn nicht, öffnet jemand "
                    "auf dem Weg TLS"},
         .evidence = issuers(seen, direct)});
    return;
  }
  if (!direct.empty() && direct.front().issuer != seen.front().issuer)
    return tell_differing(subject, seen, direct, path);
  if (direct.empty() && !expected) return tell_private(subject, seen, path);
  path.tell({.check = kNotInspected,
             .level = Level::Ok,
             .hop = subject.hop,
             .seen = {"the certificate is the one that was expected", "das Zertifikat ist das erwartete"},
             .evidence = issuers(seen, direct)});
}

net::Task<> examine_inspection(const Setting& setting, const InspectionSubject& subject,
                               std::span<const pki::Certificate> seen, Path& path) {
  std::vector<pki::Certificate> direct;
  // Where one does not get there without the proxy, there is nothing to compare.
  if (subject.direct && !seen.empty())
    static_cast<void>(
        co_await outcome(net::within(setting.loop, 2 * setting.step, fetch_chain(setting, subject, direct))));
  tell_inspection(subject, seen, direct, path);
  co_return {};
}

}  // namespace pforte::doctor
