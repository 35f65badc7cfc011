#include "app/sign_in_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "app/shown_json.h"
#include "base/german.h"
#include "base/text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

struct Word {
  std::string_view key, en, de;
};

constexpr auto kOffers = std::to_array<Word>({
    {"spnego", "SPNEGO with a Kerberos ticket", "SPNEGO mit einem Kerberos-Ticket"},
    {"krb5", "a bare Kerberos ticket", "ein Kerberos-Ticket ohne SPNEGO"},
    {"continuation", "the next leg of an exchange", "den nächsten Teil eines Austauschs"},
    {"spnego-without-ticket", "SPNEGO without a ticket", "SPNEGO ohne Ticket"},
    {"ntlm", "NTLM", "NTLM"},
    {"other-mechanism", "a mechanism other than Kerberos", "ein anderes Verfahren als Kerberos"},
    {"garbage", "something that is no token", "etwas, das kein Token ist"},
    {"negotiate", "Negotiate, which nobody looked into", "Negotiate, in das niemand hineinsah"},
    {"form", "login and password in the form", "Anmeldename und Passwort im Formular"},
    {"token", "the token of a program", "das Token eines Programms"},
});

constexpr auto kSaid = std::to_array<Word>({
    {"accepted", "the password is right", "das Passwort stimmt"},
    {"no-such-login", "has no such login, or no password for it",
     "hat diesen Anmeldenamen nicht oder kein Passwort dazu"},
    {"wrong-password", "the password is wrong", "das Passwort ist falsch"},
    {"waits", "the account has to wait: it has failed too often", "das Konto muss warten: zu viele Fehlversuche"},
    {"refused", "the password is right, but", "das Passwort stimmt, aber"},
    {"silent", "could not say", "konnte es nicht sagen"},
    {"stopped", "not asked: an administrator has stopped it", "nicht gefragt: ein Administrator hat es angehalten"},
});

// Writes what happened when, one below the other.
class Timeline {
 public:
  Timeline(const Json& document, Language language) : document_(document), german_(language == Language::German) {}

  std::string write() &&;

 private:
  std::string_view word(std::string_view en, std::string_view de) const { return german_ ? de : en; }
  std::string_view word_for(std::span<const Word> words, std::string_view key) const;
  std::string in_milliseconds(std::int64_t us) const;
  std::string said_in_english(const std::string& text) const { return german_ ? german_or_same(text) : text; }

  void at(std::string_view when, std::string_view what);
  void after(std::int64_t us, std::string_view what) { at(cat("+ ", in_milliseconds(us)), what); }
  void headline();
  void before_the_request();
  void request();
  void work();
  void key_tried(const Json& ticket);
  void provider(const Json& answer);
  void agent();
  void end();

  const Json& document_;
  bool german_;
  std::int64_t us_ = 0;  // since the request
  std::string out_;
};

std::string_view Timeline::word_for(std::span<const Word> words, std::string_view key) const {
  auto found = std::ranges::find(words, key, &Word::key);
  return found == words.end() ? key : word(found->en, found->de);
}

std::string Timeline::in_milliseconds(std::int64_t us) const {
  std::string digits = cat(us % 1000 / 10);
  return cat(us / 1000, word(".", ","), digits.size() < 2 ? "0" : "", digits, " ms");
}

void Timeline::at(std::string_view when, std::string_view what) {
  constexpr std::size_t kColumn = 26;
  std::string blanks(kColumn - std::min(kColumn - 2, when.size()), ' ');
  out_ += cat("  ", when, blanks, what, '\n');
}

void Timeline::headline() {
  std::string outcome = shown_text(document_, "outcome");
  const Json& agent = structure(document_, "agent");
  std::string what;
  if (outcome == "signed-in") {
    what = cat(shown_text(agent, "login"), word(" signed in by ", " hat sich angemeldet, mit "),
               shown_text(agent, "method"));
  } else if (outcome == "goes-on") {
    what = word("not over: the client was asked for the next leg",
                "nicht vorbei: der Client wurde um den nächsten Teil gebeten");
  } else if (outcome == "client-left") {
    what = word("the client left before there was an answer", "der Client ging, bevor es eine Antwort gab");
  } else {
    what = cat(word("refused: ", "abgelehnt: "), shown_text(structure(document_, "problem"), "code"));
  }
  out_ += cat(word("Sign-in ", "Anmeldung "), shown_text(document_, "reference"), ": ", what, '\n');
}

// What the ticket says of its life so far; nothing of it where no key opens it.
void Timeline::before_the_request() {
  const Json& ticket = structure(document_, "ticket");
  if (!is_true(ticket, "opened")) return;
  at(shown_text(ticket, "authenticated"),
     cat(shown_text(ticket, "client"),
         word(" logged on to the domain and got the ticket-granting ticket (steps 1-3)",
              " meldete sich an der Domäne an und bekam das Ticket-Granting-Ticket (Schritte 1-3)")));
  at(shown_text(ticket, "begins"),
     cat(word("the KDC gave the ticket for ", "das KDC gab das Ticket für "), shown_text(ticket, "service"),
         word(", good until ", ", gültig bis "), shown_text(ticket, "ends"), word(" (steps 4-5)", " (Schritte 4-5)")));
  std::string asked = shown_text(ticket, "asked");
  if (asked.empty()) return;
  std::int64_t ahead = shown_number(ticket, "clock_ahead_s");
  std::string clocks(word("as ours", "wie unsere"));
  if (ahead != 0) {
    clocks = cat(std::abs(ahead),
                 ahead > 0 ? word(" s ahead of ours", " s vor unserer") : word(" s behind ours", " s hinter unserer"));
  }
  at(asked, cat(word("the client presented it, by its own clock: ", "der Client legte es vor, seine Uhr geht: "),
                clocks, word(" (step 6)", " (Schritt 6)")));
}

void Timeline::request() {
  const Json& request = structure(document_, "request");
  const Json& offered = structure(document_, "offered");
  at(shown_text(request, "time"),
     cat(shown_text(request, "method"), ' ', shown_text(request, "path"), word(" for ", " für "),
         shown_text(request, "host"), word(" came from ", " kam von "), shown_text(request, "client")));
  std::int64_t bytes = shown_number(offered, "bytes");
  std::string size = bytes > 0 ? cat(", ", bytes, word(" bytes", " Byte")) : std::string();
  at("", cat(word("it offered ", "sie bot an: "), word_for(kOffers, shown_text(offered, "kind")), size));
  const Json& ticket = structure(document_, "ticket");
  if (ticket.empty()) return;
  std::string version = ticket.contains("key_version") && ticket["key_version"].is_number_integer()
                            ? cat(shown_number(ticket, "key_version"))
                            : std::string(word("not named", "nicht genannt"));
  at("", cat(word("the ticket says: for ", "das Ticket sagt: für "), shown_text(ticket, "service"),
             word(", key version ", ", Schlüsselversion "), version, ", ", shown_text(ticket, "encryption")));
}

void Timeline::key_tried(const Json& ticket) {
  const Json& key = structure(ticket, "key");
  if (key.empty()) return;
  bool opened = is_true(ticket, "opened");
  bool named = opened && ticket.contains("key_version") && ticket["key_version"].is_number_integer();
  std::string versions = named ? cat(shown_number(ticket, "key_version")) : shown_numbers(key, "versions");
  std::string_view fits = opened ? word("opened by a key of ", "geöffnet mit einem Schlüssel von ")
                                 : word("not opened by the keys of ", "nicht geöffnet von den Schlüsseln von ");
  at("", cat(fits, shown_text(key, "principal"), word(" in ", " in "), shown_text(key, "keytab"),
             word(", key version ", ", Schlüsselversion "), versions.empty() ? word("none", "keine") : versions));
}

void Timeline::provider(const Json& answer) {
  std::string said = shown_text(answer, "said");
  us_ += shown_number(answer, "took_us");
  std::string reason = shown_text(answer, "reason");
  std::string text = cat(shown_text(answer, "name"), ": ", word_for(kSaid, said));
  if (!reason.empty()) text += cat(said == "refused" ? " " : ": ", said_in_english(reason));
  if (said != "stopped") {
    text += cat(word(" (took ", " (Dauer "), in_milliseconds(shown_number(answer, "took_us")),
                word(", store ", ", Speicher "), in_milliseconds(shown_number(answer, "store_us")), ')');
  }
  after(us_, text);
}

void Timeline::work() {
  const Json& times = structure(document_, "times");
  const Json& ticket = structure(document_, "ticket");
  us_ = shown_number(times, "waited_us");
  bool worked = us_ > 0 || shown_number(times, "accepting_us") > 0 || !structure(document_, "providers").empty();
  if (worked) after(us_, cat(word("a thread was free, after ", "auf einen Thread gewartet: "), in_milliseconds(us_)));
  std::int64_t accepting = shown_number(times, "accepting_us");
  us_ += accepting;
  if (accepting > 0)
    after(us_, cat(word("the token was judged, in ", "das Token geprüft, Dauer "), in_milliseconds(accepting)));
  key_tried(ticket);
  for (const Json& answer : structure(document_, "providers")) provider(answer);
  std::int64_t finding = shown_number(times, "finding_us");
  us_ += finding;
  if (finding > 0)
    after(us_, cat(word("the store was asked for the agent, in ", "den Bearbeiter in der Datenbank gesucht, Dauer "),
                   in_milliseconds(finding)));
}

void Timeline::agent() {
  const Json& agent = structure(document_, "agent");
  if (agent.empty()) return;
  std::string by = shown_text(agent, "found_by");
  std::string how;
  if (by == "principal")
    how = word(": the agent has exactly this principal", ": der Bearbeiter hat genau diesen Principal");
  if (by == "login-fallback")
    how = word(": the realm is among login_fallback_realms", ": der Realm steht in login_fallback_realms");
  if (by == "rule") how = cat(word(": by the rule at ", ": nach der Regel in "), shown_text(agent, "rule"));
  if (is_true(agent, "created")) how += word("; created just now", "; eben angelegt");
  std::string principal = shown_text(agent, "principal");
  at("", principal.empty() ? cat(word("it is agent ", "es ist Bearbeiter "), shown_text(agent, "login"))
                           : cat(principal, word(" is agent ", " ist Bearbeiter "), shown_text(agent, "login"), how));
}

void Timeline::end() {
  const Json& session = structure(document_, "session");
  const Json& problem = structure(document_, "problem");
  std::int64_t took = shown_number(structure(document_, "times"), "took_us");
  if (!session.empty()) {
    after(took, cat(word("session ", "Sitzung "), shown_text(session, "id"),
                    word(" began; it ends at ", " begann; sie endet spätestens "), shown_text(session, "ends"),
                    word(" at the latest (step 7)", " (Schritt 7)")));
  } else if (!structure(document_, "agent").empty()) {
    after(took, word("signed in for this request alone", "angemeldet nur für diese Anfrage"));
  } else if (problem.empty()) {
    after(took, shown_text(document_, "outcome") == "goes-on" ? word("the answer went out", "die Antwort ging hinaus")
                                                              : word("the client had gone", "der Client war weg"));
  }
  if (problem.empty()) return;
  after(took, cat(word("stopped by ", "gescheitert an "), shown_text(problem, "code"), ": ",
                  said_in_english(shown_text(problem, "reason"))));
  std::string waits = shown_text(document_, "waiting_login");
  if (!waits.empty()) at("", cat(word("the login that has to wait: ", "der Anmeldename, der warten muss: "), waits));
  std::string remedy = shown_text(structure(problem, "remedy"), german_ ? "de" : "en");
  if (!remedy.empty()) at("", cat(word("what to do: ", "Abhilfe: "), remedy));
}

std::string Timeline::write() && {
  headline();
  before_the_request();
  request();
  work();
  agent();
  end();
  return std::move(out_);
}

}  // namespace

std::string sign_in_text(const Json& document, Language language) {
  return Timeline(document, language).write();
}

Absence absence_of(const Json& document) {
  std::string reference = shown_text(document, "reference");
  std::string file = shown_text(document, "access_log");
  bool has_file = !file.empty() && file != "-";
  std::string look = has_file ? cat("grep ", reference, ' ', file) : cat("journalctl -u pforte --grep ", reference);
  std::string why = shown_text(document, "why");
  if (why == "no-sign-in") {
    return {
        {cat("request ", reference,
             " had no sign-in: its path asks for none, its session had begun before, it brought nothing to sign in "
             "with, or it is not over yet"),
         cat("die Anfrage ", reference,
             " hatte keine Anmeldung: ihr Pfad verlangt keine, ihre Sitzung gab es schon, sie brachte nichts zum "
             "Anmelden mit, oder sie ist noch nicht vorbei")},
        {cat("which of them, and what became of it, the access log tells by agent, decision and status: ", look),
         cat("was davon, und was aus ihr wurde, sagt das Zugriffsprotokoll mit agent, decision und status: ", look)}};
  }
  if (why == "forgotten") {
    std::int64_t kept = shown_number(document, "kept");
    return {{cat("request ", reference, " is too old: each worker keeps the last ", kept,
                 " sessions that began and the last ", kept, " refusals"),
             cat("die Anfrage ", reference, " ist zu alt: jeder Worker behält die letzten ", kept,
                 " begonnenen Sitzungen und die letzten ", kept, " Ablehnungen")},
            {cat("look into the log: journalctl -u pforte --grep ", reference, "; into the access log: ", look),
             cat("ins Protokoll sehen: journalctl -u pforte --grep ", reference, "; ins Zugriffsprotokoll: ", look)}};
  }
  std::string since = shown_text(document, "gate_since");
  return {{cat("this gate, which runs since ", since, ", has had no request ", reference),
           cat("dieses Tor, das seit ", since, " läuft, hatte keine Anfrage ", reference)},
          {cat("it is of another gate, or from before the start: look into the access log: ", look),
           cat("sie ist von einem anderen Tor oder von vor dem Start: ins Zugriffsprotokoll sehen: ", look)}};
}

}  // namespace pforte::app
