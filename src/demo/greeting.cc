#include "demo/greeting.h"

#include <algorithm>

#include "base/text.h"
#include "demo/commands.h"
#include "demo/configuration.h"
#include "demo/people.h"
#include "demo/stage.h"

namespace pforte::demo {

namespace {

// The greeting in one language while it is written.
class Text {
 public:
  explicit Text(Language language) : language_(language) {}

  std::string_view in(std::string_view en, std::string_view de) const {
    return language_ == Language::German ? de : en;
  }
  void heading(std::string_view en, std::string_view de) { out_ += cat("\n", in(en, de), "\n"); }
  void row(std::string_view line) { out_ += cat("  ", line, "\n"); }
  void rows(const Lines& lines) {
    for (const std::string& line : lines) row(line);
  }
  std::string take() { return std::move(out_); }

 private:
  Language language_;
  std::string out_;
};

std::string padded(std::string_view text, std::size_t width) {
  return cat(text, std::string(width - std::min(width, text.size()), ' '));
}

const Person& first_with(Proof proof, std::string_view realm) {
  return *std::ranges::find_if(people(), [&](const Person& one) { return one.proof == proof && one.realm == realm; });
}

void say_addresses(Text& text, const Stage& stage) {
  text.heading("The gate stands, with a small application behind it.",
               "Das Tor steht, mit einer kleinen Anwendung dahinter.");
  text.row(cat(text.in("Gate           ", "Tor            "), "https://app.localhost:", kTlsPort, "/webclient"));
  text.row(cat(text.in("Self test      ", "Selbsttest     "), "https://app.localhost:", kTlsPort, "/.pforte/selftest"));
  text.row(cat(text.in("Operator       ", "Betrieb        "), "http://127.0.0.1:", kAdminPort, "/metrics"));
  text.row(cat(text.in("Application    ", "Anwendung      "), "http://127.0.0.1:", stage.application_port, "/"));
  text.row(cat(text.in("Configuration  ", "Konfiguration  "), stage.folder, "/pforte.toml"));
}

std::string what_opens(const Text& text, const Person& person) {
  switch (person.proof) {
    case Proof::Ticket:
      return cat(text.in("Kerberos ticket of ", "Kerberos-Ticket von "), person.realm);
    case Proof::Directory:
      return std::string(text.in("password in the LDAP directory", "Passwort im LDAP-Verzeichnis"));
    case Proof::Database:
      return std::string(text.in("password in the gate's database", "Passwort in der Datenbank des Tors"));
    case Proof::Token:
      break;
  }
  return "";
}

bool can_sign_in(const Stage& stage, const Person& person) {
  if (person.proof == Proof::Ticket) return stage.realms.has_value();
  if (person.proof == Proof::Directory) return stage.directory.has_value();
  return person.proof == Proof::Database;
}

void say_accounts(Text& text, const Stage& stage) {
  text.heading("Accounts: login, password, and what it opens the gate with",
               "Konten: Anmeldename, Passwort, und womit es das Tor öffnet");
  for (const Person& person : people()) {
    if (!can_sign_in(stage, person)) continue;
    std::string groups = person.is_admin ? cat(", ", kAdmins) : "";
    text.row(cat(padded(person.login, 8), padded(person.password, 13), what_opens(text, person), groups));
  }
}

void say_tickets(Text& text, const Stage& stage) {
  if (!stage.realms) return;
  const Person& alpha = first_with(Proof::Ticket, kAlpha);
  const Person& beta = first_with(Proof::Ticket, kBeta);
  text.heading("Single sign-on: a ticket of her realm, and Susan is in, also where only the group crm-admins may",
               "Single Sign-on: ein Ticket ihres Realms, und Susan ist drin, auch wo nur die Gruppe crm-admins darf");
  text.rows(fetch_ticket(stage, alpha));
  text.rows(ask_with_ticket(stage, alpha, "app.localhost/webclient"));
  text.rows(ask_with_ticket(stage, alpha, "localhost/webclient/admin"));
  text.heading("Peter's ticket is of another realm: by its trust in the first, or by its own service; no admin: 403",
               "Peters Ticket ist aus einem anderen Realm: über dessen Vertrauen oder dessen eigenen Dienst; kein "
               "Admin: 403");
  text.rows(fetch_ticket(stage, beta));
  text.rows(ask_with_ticket(stage, beta, "app.localhost/webclient"));
  text.rows(ask_with_ticket(stage, beta, "beta.localhost/webclient"));
  text.rows(ask_with_ticket(stage, beta, "beta.localhost/webclient/admin"));
}

void say_sign_in(Text& text, const Stage& stage) {
  text.heading("Nobody has signed in: 401, and for browsers the login page",
               "Niemand ist angemeldet: 401, und für Browser die Anmeldeseite");
  text.rows(ask(stage, "-i", "app.localhost/webclient"));
  say_tickets(text, stage);
  if (stage.directory) {
    text.heading("By the form, with a password in the directory",
                 "Über das Formular, mit einem Passwort im Verzeichnis");
    text.rows(sign_in_by_form(stage, first_with(Proof::Directory, "")));
  }
  text.heading("By the form, with a password in the gate's database",
               "Über das Formular, mit einem Passwort in der Datenbank des Tors");
  text.rows(sign_in_by_form(stage, first_with(Proof::Database, "")));
  text.heading("A program, with a token", "Ein Programm, mit einem Token");
  text.rows(ask(stage, cat("-H 'Authorization: Bearer ", stage.token, "'"), "localhost/rest"));
}

void say_path_gate(Text& text, const Stage& stage) {
  text.heading("A context that no rule allows: 404, as if it did not exist",
               "Ein Kontext, den keine Regel erlaubt: 404, als gäbe es ihn nicht");
  text.rows(ask(stage, "-i", "localhost/management"));
  text.heading(
      "The same context hidden behind an allowed one: refused; and what the application would have answered",
      "Derselbe Kontext, hinter einem erlaubten versteckt: abgelehnt; und was die Anwendung geantwortet hätte");
  // --path-as-is: curl would resolve the dots itself.
  text.rows(ask(stage, "-i --path-as-is", "localhost/webclient/..;/management"));
  text.row(cat("curl --path-as-is 'http://127.0.0.1:", stage.application_port, "/webclient/..;/management'"));
  text.heading("From plain HTTP to HTTPS", "Von HTTP nach HTTPS");
  text.row(cat("curl -i http://localhost:", kPlainPort, "/webclient"));
}

void say_operation(Text& text, const Stage& stage) {
  text.heading("While it runs: who there is, who is in, and a way of signing in switched off and on",
               "Während es läuft: wen es gibt, wer angemeldet ist, und ein Anmeldeweg aus- und eingeschaltet");
  std::string_view service = stage.realms ? "kerberos" : "database";
  text.rows(operate(stage, "agent list"));
  text.rows(operate(stage, "session list"));
  text.rows(operate(stage, cat("service stop ", service)));
  text.rows(operate(stage, cat("service start ", service)));
}

void say_examination(Text& text, const Stage& stage) {
  text.heading("The doctor: all paths of the configuration, one URL, and whether a client has arrived",
               "Der Doktor: alle Pfade der Konfiguration, eine URL, und ob ein Client angekommen ist");
  text.rows(examine(stage));
}

std::string text_in(Language language, const Stage& stage) {
  Text text(language);
  say_addresses(text, stage);
  say_accounts(text, stage);
  say_sign_in(text, stage);
  say_path_gate(text, stage);
  say_operation(text, stage);
  say_examination(text, stage);
  const Person& person = first_with(Proof::Ticket, kAlpha);
  text.heading(stage.realms ? "In a browser with a profile of its own, with the ticket that Susan fetched above"
                            : "In a browser with a profile of its own",
               stage.realms ? "Im Browser mit einem eigenen Profil, mit dem Ticket, das Susan oben geholt hat"
                            : "Im Browser mit einem eigenen Profil");
  text.rows(open_chromium(stage, person));
  text.rows(open_firefox(stage, person));
  text.heading("Every request appears below. Ctrl-C ends the demo and leaves nothing behind.\n",
               "Jede Anfrage erscheint unten. Strg-C beendet die Demo und lässt nichts zurück.\n");
  return text.take();
}

}  // namespace

Message greeting(const Stage& stage) {
  return {.en = text_in(Language::English, stage), .de = text_in(Language::German, stage)};
}

}  // namespace pforte::demo
