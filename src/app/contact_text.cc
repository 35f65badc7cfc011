#include "app/contact_text.h"

#include <algorithm>
#include <ranges>
#include <string_view>

#include "app/contact_sides.h"
#include "base/ascii.h"
#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "conf/quantity.h"
#include "contact/cause.h"
#include "contact/client_kind.h"
#include "doctor/shown_command.h"
#include "gate/sign_in_remedy.h"

namespace pforte::app {

using contact::Contact;
using contact::Ending;

namespace {

constexpr std::size_t kMostLines = 40;
constexpr std::size_t kMostNamed = 5;

std::string time_text(contact::Time time) {
  return rfc3339(std::chrono::time_point_cast<std::chrono::seconds>(time));
}

std::string_view verb(Ending ending, Language language) {
  bool german = language == Language::German;
  switch (ending) {
    case Ending::Open:
      return german ? "verbunden" : "connected";
    case Ending::Silent:
      return german ? "ging stumm" : "went silently";
    case Ending::BadProxyHeader:
      return german ? "kein PROXY-Kopf" : "no PROXY header";
    case Ending::NotTls:
      return german ? "kein TLS" : "no TLS";
    case Ending::ClosedInHandshake:
      return german ? "ging im Handshake" : "left in the handshake";
    case Ending::TimedOut:
      return german ? "Frist abgelaufen" : "timed out";
    case Ending::ClientAlert:
      return german ? "hat uns abgewiesen" : "refused us";
    case Ending::Refused:
      return german ? "abgewiesen" : "was refused";
    case Ending::Unused:
      return german ? "ohne Anfrage" : "no request";
    case Ending::Served:
      return german ? "bedient" : "served";
    case Ending::Passed:
      return german ? "durchgereicht" : "passed through";
    case Ending::NotPassed:
      return german ? "nicht durchgereicht" : "not passed through";
    case Ending::Proof:
      return german ? "Nachweis gezeigt" : "proof shown";
    case Ending::CutOff:
      return german ? "Tor beendet" : "gate stopped";
    case Ending::Lost:
      break;
  }
  return "-";
}

std::string sign_in_text(const contact::SignIn& one, Language language) {
  bool german = language == Language::German;
  std::string who = !one.login.empty() ? one.login : one.principal;
  if (one.succeeded) return cat(german ? "angemeldet als " : "signed in as ", who, " (", one.method, ")");
  if (one.code.empty()) return german ? "Anmeldung nicht zu Ende geführt" : "sign-in not completed";
  return cat(german ? "Anmeldung abgelehnt" : "sign-in refused", who.empty() ? "" : cat(": ", who), " (", one.code,
             one.reference.empty() ? "" : cat(", ", one.reference), ")");
}

// "TLSv1.3 h2", "requests 3, last 200", …
std::string details(const Contact& contact, Language language) {
  bool german = language == Language::German;
  std::string text;
  auto add = [&](const std::string& more) { text += cat(text.empty() ? "" : ", ", more); };
  if (contact.times > 1)
    add(cat(contact.times, german ? " gleichartige bis " : " alike until ", time_text(contact.begin + contact.lasted)));
  if (contact.requests > 0)
    add(cat(contact.requests, german ? " Anfrage" : " request",
            contact.requests == 1 ? ""
            : german              ? "n"
                                  : "s",
            german ? ", zuletzt " : ", last ", contact.last_status));
  if (contact.requests > 0 && !contact.path.empty()) add(contact.path);
  if (contact.aborted > 0) add(cat(contact.aborted, german ? " abgebrochen" : " aborted"));
  if (contact.client_alert > 0) add(cat("alert ", contact.client_alert));
  if (contact.client_alert <= 0 && contact.our_alert > 0)
    add(cat(german ? "unser Alert " : "our alert ", contact.our_alert));
  if (!contact.backend.empty()) add(cat("-> ", contact.backend));
  if (contact.by_doctor) add("pforte doctor");
  if (!contact.agent.empty() && contact.sign_ins.empty()) add(contact.agent);
  if (!contact.selftest.empty()) add(cat(german ? "Selbsttest " : "self-test ", contact.selftest));
  for (const contact::SignIn& one : contact.sign_ins) add(sign_in_text(one, language));
  if (contact.sender != net::Address()) add(cat(german ? "über " : "via ", contact.sender.ip_text()));
  if (contact.told != net::Address()) add(cat(german ? "für " : "for ", contact.told.ip_text()));
  if (contact.ending != Ending::Served && !contact.reason.empty())
    add(german ? german_or_same(contact.reason) : contact.reason);
  return text;
}

std::string line_of(const Contact& contact, Language language) {
  std::string host = !contact.server_name.empty() ? contact.server_name : contact.host;
  std::string from = contact.client == net::Address() ? std::string("-") : contact.client.to_text();
  std::string line = cat(time_text(contact.begin), "  ", from, "  ", host.empty() ? "-" : host, "  ",
                         contact.tls_version.empty() ? "-" : contact.tls_version, "  ", verb(contact.ending, language));
  std::string more = details(contact, language);
  return printable(more.empty() ? line : cat(line, " (", more, ")"));
}

std::string ago(contact::Time then, contact::Time now, Language language) {
  auto seconds = std::max<std::int64_t>((now - then).count() / 1000, 0);
  std::string span = seconds < 120    ? cat(seconds, " s")
                     : seconds < 7200 ? cat(seconds / 60, " min")
                                      : cat(seconds / 3600, " h");
  return language == Language::German ? cat("vor ", span) : cat(span, " ago");
}

void add_advice(std::string& text, const Contact& contact, const ContactFinding& finding, Language language) {
  bool german = language == Language::German;
  Advice advice = advice_for(contact, finding.config);
  text += cat("  ", printable(advice.what.in(language)), "\n");
  if (!advice.remedy.in(language).empty())
    text += cat(german ? "  Abhilfe: " : "  remedy: ", printable(advice.remedy.in(language)), "\n");
  if (!advice.command.empty())
    text += cat(german ? "  selbst sehen: " : "  see for yourself: ", printable(advice.command), "\n");
}

void add_client_kind(std::string& text, const Contact& contact, Language language) {
  contact::ClientKind kind = contact::kind_of_client(contact.fingerprint);
  if (kind != contact::ClientKind::Unknown)
    text += cat(language == Language::German ? "  Client nach seinem ClientHello: " : "  client by its ClientHello: ",
                contact::name_of(kind).in(language), "\n");
  if (!contact.user_agent.empty()) text += cat("  User-Agent: ", printable(contact.user_agent), "\n");
}

// What holds of one client.
void add_verdict(std::string& text, const ContactFinding& finding, const Contact& tells, Language language) {
  bool german = language == Language::German;
  text += german ? cat(is_at_fault(tells) ? "Es misslingt" : "Es gelingt", " (", time_text(time_of(tells)), "):\n")
                 : cat(is_at_fault(tells) ? "It fails" : "It works", " (", time_text(time_of(tells)), "):\n");
  add_advice(text, tells, finding, language);
  add_client_kind(text, tells, language);
  // One of two things may work, and the other not: an app and a browser on one phone.
  for (const Contact& one : std::views::reverse(finding.contacts)) {
    if (!is_decisive(one) || is_at_fault(one) == is_at_fault(tells)) continue;
    text += german
                ? cat(is_at_fault(one) ? "Zuletzt misslang es " : "Zuletzt gelang es ", time_text(time_of(one)), ":\n")
                : cat(is_at_fault(one) ? "It last failed at " : "It last worked at ", time_text(time_of(one)), ":\n");
    add_advice(text, one, finding, language);
    break;
  }
}

// What holds of many: none stands for the others.
void add_verdicts(std::string& text, const ContactFinding& finding, Language language) {
  const Fares fares = fares_of(finding);
  bool german = language == Language::German;
  if (!fares.well.empty())
    text += german ? cat("Es gelingt ", fares.well.size(), " von ", fares.count(),
                         " Clients, jeder nach seinem letzten Kontakt.\n")
                   : cat("It works for ", fares.well.size(), " of ", fares.count(),
                         " clients, each by its last contact.\n");
  if (fares.badly.empty()) return;
  std::vector<std::string> who;
  for (const Contact* one : std::views::reverse(fares.badly) | std::views::take(kMostNamed))
    who.push_back(client_of(*one).ip_text());
  if (fares.badly.size() > kMostNamed) who.emplace_back("…");
  const Contact& last = *fares.badly.back();
  text += german ? cat("Es misslingt ", fares.badly.size(), " von ", fares.count(), ": ", joined(who, ", "),
                       "; zuletzt (", time_text(time_of(last)), "):\n")
                 : cat("It fails for ", fares.badly.size(), " of ", fares.count(), ": ", joined(who, ", "),
                       "; the last (", time_text(time_of(last)), "):\n");
  add_advice(text, last, finding, language);
  add_client_kind(text, last, language);
}

// What is known of more contacts than there are lines.
void add_counts(std::string& text, const ContactQuery& query, const ContactFinding& finding, Language language) {
  bool german = language == Language::German;
  if (finding.counted > 0)
    text += cat(finding.counted,
                german ? " weitere wurden nicht einzeln aufgeschrieben.\n" : " more were not written one by one.\n");
  if (finding.counted_of_others > 0 && !query.network)
    text += cat(finding.counted_of_others,
                german ? " Kontakte anderer wurden nicht einzeln aufgeschrieben, die meisten von "
                       : " contacts of others were not written one by one, most of ",
                finding.busiest == net::Address() ? std::string("-") : finding.busiest.ip_text(),
                german ? "; weitere können darunter sein.\n" : "; more may be among them.\n");
  if (finding.by_doctor > 0)
    text += cat(finding.by_doctor, german ? " davon waren `pforte doctor` selbst und zählen nicht.\n"
                                          : " of them were `pforte doctor` itself and do not count.\n");
  if (finding.alike.empty() || finding.by_host) return;
  std::vector<std::string> who;
  for (const net::Address& one : finding.alike | std::views::take(kMostNamed)) who.push_back(one.ip_text());
  if (finding.alike.size() > kMostNamed) who.emplace_back("…");
  text += cat(german ? "Vielleicht auch von hier wurde jemand mit diesem Login abgelehnt (eines von "
                     : "From here, too, somebody with this login may have been refused (one login in ",
              contact::kMarks, german ? " hat dasselbe Merkmal): " : " has the same mark): ", joined(who, ", "), "\n");
}

// Found by nothing else than what one login in 63 has in common with it.
bool is_guess(const ContactQuery& query, const ContactFinding& finding) {
  return std::ranges::all_of(finding.contacts,
                             [&](const Contact& one) { return match_of(query, one) == Match::Perhaps; });
}

std::string summary(const ContactQuery& query, const ContactFinding& finding, contact::Time now, Language language) {
  bool german = language == Language::German;
  const Contact& last = finding.contacts.back();
  contact::Time end = last.begin + last.lasted;
  std::string text = german ? cat(printable(query.text), " hat uns erreicht: ", finding.count,
                                  finding.count == 1 ? " Kontakt" : " Kontakte", ", ", finding.failures,
                                  " mit Fehler; zuletzt ", time_text(end), " (", ago(end, now, language), ").\n")
                            : cat(printable(query.text), " has reached us: ", finding.count,
                                  finding.count == 1 ? " contact" : " contacts", ", ", finding.failures,
                                  " at fault; the last at ", time_text(end), " (", ago(end, now, language), ").\n");
  add_counts(text, query, finding, language);
  if (is_guess(query, finding))
    text += german ? cat("Gefunden am Merkmal des getippten Logins, das eines von ", contact::kMarks,
                         " ebenso hat: Zeit und Adresse müssen passen.\n")
                   : cat("Found by the mark of the login that was typed, which one in ", contact::kMarks,
                         " has as well: time and address must fit.\n");
  const Contact* tells = decisive(finding);
  if (!tells) {
    text += german ? "Keiner davon sagt, ob es ihm gelingt: Es kam nie eine Anfrage.\n"
                   : "None of them tells whether it succeeds: no request ever came.\n";
    add_advice(text, last, finding, language);
  } else if (is_about_many(query, finding)) {
    add_verdicts(text, finding, language);
  } else {
    add_verdict(text, finding, *tells, language);
  }
  return text;
}

std::string reach_of(const ContactFinding& finding, Language language) {
  bool german = language == Language::German;
  if (finding.ring.size == 0)
    return german
               ? "Es gibt noch keine Aufzeichnung: Mit diesem `state_dir` lief noch kein Tor, das Kontakte aufschreibt."
               : "There is no record yet: no gate that keeps contacts has run with this `state_dir`.";
  if (finding.ring.contacts == 0)
    return german ? "Es ist noch kein Kontakt von irgendjemandem aufgeschrieben."
                  : "No contact of anybody has been written down yet.";
  return cat(german ? "Die Aufzeichnung reicht zurück bis " : "The record goes back to ",
             time_text(finding.ring.oldest), ".");
}

std::string nothing_text(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around,
                         Language language) {
  bool german = language == Language::German;
  std::string text =
      cat(german ? "Von " : "Nothing was seen of ", printable(query.text), german ? " wurde nichts gesehen. " : ". ");
  if (query.is_code && !query.is_host)
    text = cat(german ? "Kein Selbsttest hat den Code " : "No self-test has the code ", printable(query.text), ". ");
  text += cat(reach_of(finding, language), "\n");
  if (finding.before)
    text += cat(german ? "Zuletzt davor: " : "Last seen before that: ", time_text(*finding.before), "\n");
  if (finding.last_of_all)
    text += cat(german ? "Andere erreichen uns; zuletzt " : "Others do reach us; the last at ",
                line_of(*finding.last_of_all, language), "\n");
  text += german ? "\nWo weiter zu suchen ist:\n" : "\nWhere to look next:\n";
  for (const Message& one : where_else(query, finding, around)) text += cat("- ", printable(one.in(language)), "\n");
  return text;
}

}  // namespace

Advice advice_for(const Contact& contact, const std::string& config) {
  contact::Cause cause = contact::cause_of(contact);
  Advice advice{.id = std::string(cause.id),
                .what = cause.what,
                .remedy = cause.remedy,
                .command = doctor::command_by(config, cause.command)};
  if (cause.is_fault || contact.sign_ins.empty()) return advice;
  const contact::SignIn& last = contact.sign_ins.back();
  if (last.succeeded || last.code.empty()) return advice;
  advice.id = cat("sign-in-refused");
  advice.what = {cat("it reached us, and was not signed in: ", last.code),
                 cat("er hat uns erreicht und wurde nicht angemeldet: ", last.code)};
  advice.remedy = gate::sign_in_remedy(last.code);
  advice.command = doctor::command_by(config, cat("pforte explain ", last.reference));
  return advice;
}

std::string contacts_text(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around,
                          contact::Time now, Language language) {
  bool german = language == Language::German;
  if (finding.contacts.empty()) return nothing_text(query, finding, around, language);
  std::string text = summary(query, finding, now, language);
  text += self_test_text(query, finding, language);
  text += sides_text(sides_of(finding.contacts), finding.config, language);
  text += cat(reach_of(finding, language), "\n\n");
  std::size_t first = finding.contacts.size() > kMostLines ? finding.contacts.size() - kMostLines : 0;
  if (first > 0)
    text += cat(german ? "die letzten " : "the last ", kMostLines, german ? " von " : " of ", finding.contacts.size(),
                german ? "; --json nennt mehr\n" : "; --json names more\n");
  for (std::size_t i = first; i < finding.contacts.size(); ++i)
    text += cat(line_of(finding.contacts[i], language), "\n");
  if (finding.lost > 0)
    text += cat(finding.lost, german ? " Kontakte von irgendjemandem ließen sich in dieser Zeit nicht aufschreiben\n"
                                     : " contacts of anybody could not be written down in this time\n");
  return text;
}

}  // namespace pforte::app
