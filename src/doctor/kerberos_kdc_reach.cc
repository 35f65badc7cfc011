#include "doctor/kerberos_kdc_reach.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/kerberos_kdc_account.h"
#include "doctor/shown_command.h"
#include "kerberos/kdc_client.h"

namespace pforte::doctor {
namespace {

using kerberos::KdcTransport;
using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr Check kNoKdc{.id = "kdc.none",
                       .source = "RFC 4120, 7.2.3",
                       .why = {"whoever wants a ticket must find a KDC: by krb5.conf or by DNS",
                               "wer ein Ticket will, muss ein KDC finden: über krb5.conf oder DNS"}};
constexpr Check kNoName{.id = "kdc.name",
                        .source = "RFC 4120, 7.2.3",
                        .why = {"a KDC whose name leads nowhere is asked by nobody",
                                "ein KDC, dessen Name nirgendwohin führt, fragt niemand"}};
constexpr Check kDead{.id = "kdc.dead",
                      .source = "RFC 4120, 7.2",
                      .why = {"without a KDC nobody gets a ticket, and browsers ask for a password",
                              "ohne KDC erhält niemand ein Ticket, und Browser fragen nach einem Passwort"}};
constexpr Check kNoTcp{
    .id = "kdc.no-tcp",
    .source = "RFC 4120, 7.2.2",
    .why = {"tickets with many groups do not fit into a datagram, so whoever has many cannot sign in",
            "Tickets mit vielen Gruppen passen nicht in ein Datagramm; wer viele hat, kann sich "
            "nicht anmelden"}};
constexpr Check kNoUdp{.id = "kdc.no-udp",
                       .source = "RFC 4120, 7.2.1",
                       .why = {"who asks by UDP first waits a second or more before each ticket",
                               "wer zuerst über UDP fragt, wartet vor jedem Ticket eine Sekunde oder länger"}};
constexpr Check kGarbage{.id = "kdc.garbage",
                         .source = "RFC 4120, 5.4 and 5.9",
                         .why = {"something else listens there, or something on the way answers in its place",
                                 "dort lauscht etwas anderes, oder etwas auf dem Weg antwortet an seiner Stelle"}};
constexpr Check kOtherRealm{.id = "kdc.wrong-realm",
                            .source = "RFC 4120, 7.5.9",
                            .why = {"a KDC gives tickets of its own realm alone",
                                    "ein KDC gibt nur Tickets des eigenen "
                                    "Realms"}};
constexpr Check kClock{
    .id = "kdc.clock",
    .source = "RFC 4120, 1.6 and 3.2.3",
    .why = {"tickets are refused when clocks are further apart than clockskew, 5 min by default",
            "gehen Uhren weiter auseinander als clockskew, Vorgabe 5 min, werden Tickets abgelehnt"}};
constexpr Check kReachable{.id = "kdc.reachable", .source = "", .why = {"", ""}};

// Within this nobody needs to look at a clock.
constexpr seconds kGoodClock{60};

Evidence kdc_evidence(const KdcReach& kdc) {
  return {.name = {"KDC", "KDC"}, .value = kdc.address.to_text()};
}

std::string why_not(const Error& error, Language language) {
  bool german = language == Language::German;
  std::string_view code = error.code();
  if (code == "kdc.no-answer") return german ? "keine Antwort" : "no answer";
  if (code == "kdc.refused") return cat(german ? "abgewiesen: " : "refused: ", error.text());
  return error.text();
}

std::string probe_command(const KdcReach& kdc, std::string_view option) {
  return cat("nc -vz", option, " -w 5 ", shell_word(kdc.address.host), ' ', kdc.address.port);
}

// In no language: how long it took, or the code of errors.md.
std::string outcome_of(const Result<KdcReach::Answer>& answer) {
  return answer ? cat(answer->took.count(), " ms") : std::string(answer.error().code());
}

std::vector<Evidence> both_ways(const KdcReach& kdc) {
  return {kdc_evidence(kdc),
          {.name = {"TCP", "TCP"}, .value = outcome_of(kdc.tcp)},
          {.name = {"UDP", "UDP"}, .value = outcome_of(kdc.udp)}};
}

bool is_of(const Result<KdcReach::Answer>& answer, std::string_view code) {
  return !answer && answer.error().code() == code;
}

// One that does not answer; `gravity` says whether others do.
Finding unreached(const KdcReach& kdc, std::size_t hop, Level gravity) {
  std::string name = kdc.address.to_text();
  Finding finding{.check = kDead, .level = gravity, .hop = hop, .evidence = both_ways(kdc)};
  if (is_of(kdc.tcp, "kdc.name")) {
    finding.check = kNoName;
    finding.seen = {cat("the name of the KDC ", kdc.address.host, " has no address"),
                    cat("der Name des KDC ", kdc.address.host, " hat keine Adresse")};
    finding.remedy = {"correct the name in krb5.conf or in DNS", "den Namen in krb5.conf oder im DNS berichtigen"};
    finding.command = cat("getent ahosts ", shell_word(kdc.address.host));
  } else if (is_of(kdc.tcp, "kdc.garbage") || is_of(kdc.udp, "kdc.garbage")) {
    finding.check = kGarbage;
    finding.seen = {cat("what answers at ", name, " is no KDC"), cat("was an ", name, " antwortet, ist kein KDC")};
    finding.remedy = {"look who listens there, and correct address and port",
                      "nachsehen, wer dort lauscht, und "
                      "Adresse und Port berichtigen"};
    finding.command = probe_command(kdc, "");
  } else {
    finding.seen = {cat("the KDC ", name, " does not answer: TCP ", why_not(kdc.tcp.error(), Language::English),
                        ", UDP ", why_not(kdc.udp.error(), Language::English)),
                    cat("das KDC ", name, " antwortet nicht: TCP ", why_not(kdc.tcp.error(), Language::German),
                        ", UDP ", why_not(kdc.udp.error(), Language::German))};
    finding.remedy = {"start it, or let a firewall pass UDP and TCP to this port",
                      "es starten, oder eine Firewall UDP und TCP zu diesem Port durchlassen"};
    finding.command = probe_command(kdc, "");
  }
  return finding;
}

void tell_ways(const RealmReach& reach, const KdcReach& kdc, Path& path) {
  std::size_t hop = reach.hop;
  std::string name = kdc.address.to_text();
  if (!kdc.tcp) {
    path.tell({.check = kNoTcp,
               .level = Level::Warning,
               .hop = hop,
               .seen = {cat("the KDC ", name,
                            " answers over UDP, but not over TCP: ", why_not(kdc.tcp.error(), Language::English)),
                        cat("das KDC ", name,
                            " antwortet über UDP, aber nicht über TCP: ", why_not(kdc.tcp.error(), Language::German))},
               .remedy = {"let the firewall pass TCP to this port, and the KDC listen to it",
                          "die Firewall TCP zu diesem Port durchlassen und das KDC dort lauschen lassen"},
               .command = probe_command(kdc, ""),
               .evidence = both_ways(kdc)});
  }
  if (!kdc.udp) {
    path.tell({.check = kNoUdp,
               .level = reach.without_udp,
               .hop = hop,
               .seen = {cat("the KDC ", name,
                            " answers over TCP, but not over UDP: ", why_not(kdc.udp.error(), Language::English)),
                        cat("das KDC ", name,
                            " antwortet über TCP, aber nicht über UDP: ", why_not(kdc.udp.error(), Language::German))},
               .remedy = {"let the firewall pass UDP to this port, or set udp_preference_limit = 1 for all clients",
                          "die Firewall UDP zu diesem Port durchlassen, oder bei allen Clients udp_preference_limit = "
                          "1 setzen"},
               .command = probe_command(kdc, "u"),
               .evidence = both_ways(kdc)});
  }
}

void tell_clock(const RealmReach& reach, const KdcReach& kdc, const KdcReach::Answer& answer, Path& path) {
  if (!answer.clock_ahead()) return;
  seconds ahead = *answer.clock_ahead(), apart = std::chrono::abs(ahead);
  if (apart <= kGoodClock) return;
  bool refused = apart > reach.skew;
  std::string name = kdc.address.to_text();
  path.tell({.check = kClock,
             .level = refused ? Level::Error : Level::Warning,
             .hop = reach.hop,
             .seen = {cat("the clock of the KDC ", name, " is ", apart.count(), " s ",
                          ahead.count() > 0 ? "ahead of" : "behind", " ours"),
                      cat("die Uhr des KDC ", name, " geht gegen unsere ", apart.count(), " s ",
                          ahead.count() > 0 ? "vor" : "nach")},
             .remedy = {"set both clocks by NTP: timedatectl here, w32tm /query /status at a domain controller",
                        "beide Uhren nach NTP stellen: hier timedatectl, am Domänencontroller w32tm /query /status"},
             .command = cat("ntpdate -q ", shell_word(kdc.address.host)),
             .evidence = {kdc_evidence(kdc),
                          {.name = {"difference", "Unterschied"}, .value = cat(ahead.count(), " s")},
                          {.name = {"borne", "hingenommen"}, .value = cat(reach.skew.count(), " s")}}});
}

// MIT krb5 does not say that it is asked for a realm it has not; but its own ticket-granting service it knows.
bool knows_realm(const kerberos::KdcRoute& route, const std::string& realm) {
  auto said = kerberos::ask_about(route, {{"krbtgt", realm}, realm});
  return !said || said->error != kerberos::kdc_error::kClientUnknown;
}

// Of errors alone a KDC says when they were (RFC 4120, 5.9.1): somebody who is not there is one.
void ask_for_time(const kerberos::KdcRoute& route, const std::string& realm, KdcReach::Answer& answer) {
  auto said = kerberos::ask_about(route, {{"pforte-doctor"}, realm});
  if (!said || !said->now) return;
  answer.message.now = said->now;
  answer.came = std::chrono::system_clock::now();
}

Message clock_text(std::optional<seconds> ahead) {
  if (!ahead) return {"what time it has is not known", "welche Zeit es hat, ist nicht bekannt"};
  return {cat("its clock is ", ahead->count(), " s off"), cat("seine Uhr weicht um ", ahead->count(), " s ab")};
}

void tell_kdc(const RealmReach& reach, const KdcReach& kdc, bool others, Path& path) {
  const KdcReach::Answer* answer = kdc.answer();
  Level gravity = others ? Level::Warning : Level::Error;
  std::string name = kdc.address.to_text();
  if (!answer) {
    path.tell(unreached(kdc, reach.hop, gravity));
    return;
  }
  tell_ways(reach, kdc, path);
  if (answer->of_other_realm) {
    path.tell({.check = kOtherRealm,
               .level = gravity,
               .hop = reach.hop,
               .seen = {cat("the KDC ", name, " is none of ", reach.realm),
                        cat("das KDC ", name, " ist keines von ", reach.realm)},
               .remedy = {"name a KDC of this realm in krb5.conf", "in krb5.conf ein KDC dieses Realms nennen"},
               .command = cat(krb5_environment(reach.krb5_config), "KRB5_TRACE=/dev/stderr kinit ",
                              shell_word(cat("x@", reach.realm))),
               .evidence = {kdc_evidence(kdc)}});
    return;
  }
  tell_clock(reach, kdc, *answer, path);
  Message clock = clock_text(answer->clock_ahead());
  path.tell({.check = kReachable,
             .level = Level::Ok,
             .hop = reach.hop,
             .seen = {cat("the KDC ", name, " answers in ", answer->took.count(), " ms, ", clock.en),
                      cat("das KDC ", name, " antwortet in ", answer->took.count(), " ms, ", clock.de)},
             .evidence = both_ways(kdc)});
}

Finding without_kdc(const RealmReach& reach) {
  Message remedy =
      reach.meant ? Message{cat("the realm is misspelt: write ", *reach.meant, ", in the name of the service as well"),
                            cat("der Realm ist verschrieben: ", *reach.meant, " schreiben, auch im Namen des Dienstes")}
                  : Message{"name one in krb5.conf: [realms] REALM = { kdc = HOST }; or is the realm misspelt?",
                            "eines in krb5.conf nennen: [realms] REALM = { kdc = HOST }; oder ist der Realm "
                            "verschrieben?"};
  return {.check = kNoKdc,
          .level = reach.without_kdc,
          .hop = reach.hop,
          .seen = {cat("no KDC of ", reach.realm, " is named, neither in krb5.conf nor in DNS, so no key was tried"),
                   cat("kein KDC von ", reach.realm,
                       " ist genannt, weder in krb5.conf noch im DNS; daher ist kein "
                       "Schlüssel erprobt")},
          .remedy = std::move(remedy),
          .command = cat("dig +short SRV ", shell_word(cat("_kerberos._tcp.", reach.realm)))};
}

}  // namespace

std::optional<KdcTransport> KdcReach::best() const {
  if (tcp) return KdcTransport::Tcp;
  return udp ? std::optional(KdcTransport::Udp) : std::nullopt;
}

const KdcReach::Answer* KdcReach::answer() const {
  if (tcp) return &*tcp;
  return udp ? &*udp : nullptr;
}

const KdcReach* RealmReach::usable() const {
  auto found =
      std::ranges::find_if(kdcs, [](const KdcReach& kdc) { return kdc.answer() && !kdc.answer()->of_other_realm; });
  return found == kdcs.end() ? nullptr : &*found;
}

std::optional<seconds> KdcReach::Answer::clock_ahead() const {
  if (!message.now) return std::nullopt;
  return duration_cast<seconds>(*message.now - std::chrono::floor<seconds>(came));
}

Result<KdcReach::Answer> ask_kdc_once(const kerberos::KdcRoute& route, const kerberos::Principal& client) {
  namespace kdc_error = kerberos::kdc_error;
  std::string request = TRY(kerberos::initial_request(client));
  auto begun = std::chrono::steady_clock::now();
  std::string said = TRY(kerberos::ask_kdc(route.address, route.transport, request, route.limit));
  KdcReach::Answer answer;
  answer.took = duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  answer.came = std::chrono::system_clock::now();
  std::optional<kerberos::KdcMessage> message = kerberos::read_kdc_message(said);
  if (!message) return fail(Kind::Invalid, "kdc.garbage", "its answer is no message of Kerberos");
  bool unknown = message->error == kdc_error::kClientUnknown && !message->text.empty();
  answer.of_other_realm = message->error == kdc_error::kWrongRealm || (unknown && !knows_realm(route, client.realm));
  answer.message = *std::move(message);
  if (!answer.message.now) ask_for_time(route, client.realm, answer);
  return answer;
}

void tell_reach(const RealmReach& reach, Path& path) {
  if (reach.kdcs.empty()) {
    if (path.worst_of(reach.hop) == Level::Error) return;  // what DNS says of the realm has been told
    path.tell(without_kdc(reach));
    return;
  }
  const KdcReach* usable = reach.usable();
  for (const KdcReach& kdc : reach.kdcs) tell_kdc(reach, kdc, usable != nullptr && usable != &kdc, path);
}

}  // namespace pforte::doctor
