#include "app/status_text.h"

#include <doctest/doctest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "admin/status.h"

namespace pforte::app {
namespace {

using namespace std::chrono_literals;

struct Both {
  std::string en, de;
};

// As the gate says it, and as `pforte status` shows it.
Both shown(const admin::Status& status) {
  std::string document = admin::to_json(status);
  return {status_text(document, Language::English).value_or("none"),
          status_text(document, Language::German).value_or("none")};
}

// Of a service whose keytab has these versions of its key; none: it cannot be used.
admin::KeyStatus key_of(std::vector<int> versions) {
  admin::KeyStatus key;
  key.principal = "HTTP/app.localhost@ALPHA.TEST";
  key.usable = !versions.empty();
  key.key_versions = std::move(versions);
  return key;
}

Both shown(admin::KeyStatus key) {
  admin::Status status;
  status.keys = {std::move(key)};
  return shown(status);
}

const Message cut_off = {"the keytab is cut off", "die Keytab ist abgeschnitten"};

}  // namespace

TEST_CASE("a service that runs is told from one that is stopped") {
  admin::Status status;
  status.services = {{.name = "kerberos", .runs = true}, {.name = "database", .runs = false}};
  Both text = shown(status);
  CHECK(text.en.ends_with("\nSign-in:\n  kerberos  runs\n  database  stopped\n"));
  CHECK(text.de.ends_with("\nAnmeldung:\n  kerberos  läuft\n  database  angehalten\n"));
}

TEST_CASE("where nobody signs in, nothing is said about it") {
  CHECK(!shown(admin::Status()).en.contains("Sign-in"));
}

TEST_CASE("a keytab that is good has its key versions") {
  Both text = shown(key_of({1, 2}));
  CHECK(text.en.ends_with("\n  HTTP/app.localhost@ALPHA.TEST  key version 1, 2\n"));
  CHECK(text.de.ends_with("\n  HTTP/app.localhost@ALPHA.TEST  Schlüsselversion 1, 2\n"));
}

TEST_CASE("a keytab that was replaced by a bad one has its key versions and what is wrong") {
  admin::KeyStatus key = key_of({1});
  key.problem = cut_off;
  Both text = shown(key);
  CHECK(text.en.ends_with("@ALPHA.TEST  key version 1; the keytab is cut off\n"));
  CHECK(text.de.ends_with("@ALPHA.TEST  Schlüsselversion 1; die Keytab ist abgeschnitten\n"));
}

TEST_CASE("a keytab that cannot be used says why") {
  admin::KeyStatus key = key_of({});
  key.problem = cut_off;
  Both text = shown(key);
  CHECK(text.en.ends_with("@ALPHA.TEST  cannot be used: the keytab is cut off\n"));
  CHECK(text.de.ends_with("@ALPHA.TEST  nicht verwendbar: die Keytab ist abgeschnitten\n"));
}

TEST_CASE("when the newest key was written is said where the keytab has it") {
  constexpr std::string_view kDocument =
      R"({"keys": [{"principal": "HTTP/a@R", "usable": true, "key_versions": [3], "written": "2026-07-01T00:00:00Z"}]})";
  CHECK(status_text(kDocument, Language::English).value().ends_with("key version 3, written 2026-07-01T00:00:00Z\n"));
  CHECK(status_text(kDocument, Language::German)
            .value()
            .ends_with("Schlüsselversion 3, geschrieben 2026-07-01T00:00:00Z\n"));
}

TEST_CASE("tickets with RC4 are counted where there are any") {
  admin::KeyStatus key = key_of({3});
  key.rc4_tickets = 1;
  Both one = shown(key);
  CHECK(one.en.ends_with("key version 3; 1 ticket with RC4\n"));
  CHECK(one.de.ends_with("Schlüsselversion 3; 1 Ticket mit RC4\n"));
  key.rc4_tickets = 12;
  Both many = shown(key);
  CHECK(many.en.ends_with("key version 3; 12 tickets with RC4\n"));
  CHECK(many.de.ends_with("Schlüsselversion 3; 12 Tickets mit RC4\n"));
}

TEST_CASE("where forwarded tickets are kept is said, and why they are not") {
  admin::Status status;
  status.delegated_tickets = {.folder = "/run/tickets", .problem = {}};
  CHECK(shown(status).en.ends_with("  forwarded tickets in /run/tickets\n"));
  status.delegated_tickets->problem = Message{"it is gone", "er ist weg"};
  CHECK(shown(status).en.ends_with("  forwarded tickets in /run/tickets; not kept: it is gone\n"));
  CHECK(shown(status).de.ends_with("  weitergereichte Tickets in /run/tickets; nicht aufgehoben: er ist weg\n"));
}

TEST_CASE("a directory's servers stand below ldap, and how they are") {
  admin::Status status;
  status.services = {{.name = "ldap", .runs = true}, {.name = "database", .runs = true}};
  admin::Time failed(1h), until(1h + 5s);
  status.ldap_servers = {
      {.url = "ldaps://a", .up = true, .left_alone_until = {}, .failed = {}, .reason = {}},
      {.url = "ldaps://b", .up = true, .left_alone_until = {}, .failed = failed, .reason = "No such object"},
      {.url = "ldaps://c", .up = false, .left_alone_until = until, .failed = failed, .reason = "no answer"},
      {.url = "ldaps://d", .up = false, .left_alone_until = {}, .failed = failed, .reason = "no answer"}};
  Both text = shown(status);
  CHECK(
      text.en.ends_with("\n  ldap  runs\n"
                        "    ldaps://a  up\n"
                        "    ldaps://b  up; last failure 1970-01-01T01:00:00Z: No such object\n"
                        "    ldaps://c  down, left alone until 1970-01-01T01:00:05Z; last failure "
                        "1970-01-01T01:00:00Z: no answer\n"
                        "    ldaps://d  down, asked again at the next sign-in; last failure "
                        "1970-01-01T01:00:00Z: no answer\n"
                        "  database  runs\n"));
  CHECK(
      text.de.ends_with("\n  ldap  läuft\n"
                        "    ldaps://a  erreichbar\n"
                        "    ldaps://b  erreichbar; letzter Fehler 1970-01-01T01:00:00Z: No such object\n"
                        "    ldaps://c  gestört, ausgelassen bis 1970-01-01T01:00:05Z; letzter Fehler "
                        "1970-01-01T01:00:00Z: no answer\n"
                        "    ldaps://d  gestört, bei der nächsten Anmeldung wieder gefragt; letzter Fehler "
                        "1970-01-01T01:00:00Z: no answer\n"
                        "  database  läuft\n"));
}

TEST_CASE("a server of which every request fails is not called up, whether it is checked or not") {
  admin::Status status;
  admin::ServerStatus server;
  server.url = "http://10.0.0.11:8080";
  server.reason = "Connection refused";
  server.failures = 3;
  status.backends = {{.name = "crm", .servers = {server}}};
  CHECK(shown(status).en.contains("8080  failing, 3 in a row; last: Connection refused\n"));
  CHECK(shown(status).de.contains("8080  scheitert, 3-mal in Folge; zuletzt: die Verbindung wurde abgelehnt\n"));
}

TEST_CASE("what a server said does not reach the terminal as control characters") {
  admin::Status status;
  admin::ServerStatus server;
  server.url = "http://10.0.0.11:8080";
  server.reason = "\x1b[2J";
  status.backends = {{.name = "crm", .servers = {server}}};
  CHECK(!shown(status).en.contains('\x1b'));
}

TEST_CASE("a status of another version is shown as far as it is known, and what is none is not shown") {
  std::string document =
      R"({"version": "9", "services": [{"name": "kerberos"}], "keys": [{"problem": 1}], "sites": 3})";
  CHECK(status_text(document, Language::English).value().contains("Pforte 9 runs since"));
  CHECK(!status_text("[]", Language::English));
  CHECK(!status_text("{", Language::English));
}

}  // namespace pforte::app
