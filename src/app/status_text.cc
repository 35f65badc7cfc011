#include "app/status_text.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/renewal_text.h"
#include "app/shown_json.h"
#include "app/text_table.h"
#include "base/german.h"
#include "base/text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

// Writes the parts of a status, one below the other.
class Writer {
 public:
  explicit Writer(Language language) : language_(language) {}

  void heading(const Message& text) { out_ += cat(text.in(language_), ":\n"); }
  void gate(const Json& status);
  void capture(const Json& capture);
  void listener(const Json& listener) {
    out_ += cat("  ", shown_text(listener, "address"), "  ", shown_text(listener, "kind"), '\n');
  }
  void site(const Json& site);
  void backend(const Json& backend) { out_ += cat("  ", shown_text(backend, "name"), '\n'); }
  void server(const Json& server);
  void renewal(const Json& renewal) { out_ += renewal_text(renewal, language_); }
  void service(const Json& service);
  void directory_server(const Json& server);
  void key(const Json& key);
  void delegated_tickets(const Json& tickets);
  void drift(const Json& drift);
  void certificate(const Json& certificate);

  std::string take() && { return std::move(out_); }

 private:
  std::string_view word(std::string_view en, std::string_view de) const {
    return language_ == Language::German ? de : en;
  }
  std::string certificate_of(const Json& object) const;
  std::string check_of(const Json& server) const;

  Language language_;
  std::string out_;
};

std::string Writer::certificate_of(const Json& object) const {
  std::string expires = shown_text(object, "certificate_expires");
  return expires.empty() ? "" : cat(word("; certificate until ", "; Zertifikat bis "), expires);
}

std::string Writer::check_of(const Json& server) const {
  const Json& check = structure(server, "check");
  if (check.empty()) return {};
  std::string kind = shown_text(check, "kind");
  std::string outcome(word("passed", "bestanden"));
  if (!is_true(check, "passed")) outcome = shown_text(check, "code");
  return cat(word("; check ", "; Prüfung "), kind, ": ", outcome, " (", shown_number(check, "milliseconds"), " ms)");
}

void Writer::gate(const Json& status) {
  const Json& configuration = structure(status, "configuration");
  const Json& connections = structure(status, "connections");
  out_ += cat("Pforte ", shown_text(status, "version"), word(" runs since ", " läuft seit "),
              shown_text(status, "since"), word(", process ", ", Prozess "), shown_number(status, "pid"), '\n');
  out_ += cat(word("Configuration: ", "Konfiguration: "), shown_text(configuration, "file"),
              word(", loaded ", ", geladen "), shown_text(configuration, "loaded"), '\n');
  out_ += cat(word("Connections: ", "Verbindungen: "), shown_number(connections, "clients"),
              word(" of clients, ", " von Clients, "), shown_number(connections, "backend_busy"),
              word(" busy and ", " tätige und "), shown_number(connections, "backend_idle"),
              word(" idle ones to backends\n", " freie zu Anwendungen\n"));
}

void Writer::capture(const Json& capture) {
  out_ += cat(word("A capture is under way: ", "Eine Aufzeichnung läuft: "), shown_text(capture, "filter"),
              word(", until ", ", bis "), shown_text(capture, "until"), word(", asked for by ", ", verlangt von "),
              shown_text(capture, "by"), "; ", shown_number(capture, "connections"),
              word(" connections, ", " Verbindungen, "), shown_number(capture, "bytes"), " Bytes",
              is_true(capture, "secrets") ? "" : word(", without the secrets of TLS", ", ohne die Schlüssel von TLS"),
              '\n');
}

void Writer::site(const Json& site) {
  std::string hosts = shown_texts(site, "hosts");
  out_ += cat("  ", hosts, " -> ", shown_text(site, "backend"), certificate_of(site), '\n');
  std::string refused = shown_texts(site, "hosts_without_certificate");
  if (!refused.empty()) out_ += cat(word("    no certificate: ", "    kein Zertifikat: "), refused, '\n');
}

void Writer::server(const Json& server) {
  std::string state = shown_text(server, "state");
  bool fails = is_failing(server);
  if (fails) {
    state = cat(word("failing, ", "scheitert, "), shown_number(server, "failures_in_a_row"),
                word(" in a row", "-mal in Folge"));
  }
  if (state == "up") state = word("up", "erreichbar");
  if (state == "down") state = word("down", "gestört");
  if (state == "ejected") state = word("ejected", "ausgesetzt");
  if (state == "drained") state = word("drained", "ausgeleitet");
  out_ += cat("    ", shown_text(server, "url"), "  ", state);
  if (!fails) out_ += cat(word(" since ", " seit "), shown_text(server, "since"));
  std::string reason = shown_text(server, "reason");
  if (!reason.empty()) out_ += cat(word("; last: ", "; zuletzt: "), word(reason, german_or_same(reason)));
  out_ += certificate_of(server);
  out_ += check_of(server);
  out_ += '\n';
}

void Writer::certificate(const Json& certificate) {
  out_ += cat("  ", shown_text(certificate, "name"), "  ", shown_text(certificate, "sha256").substr(0, 12),
              word("  until ", "  bis "), shown_text(certificate, "expires"));
  std::string uses = shown_texts(certificate, "uses"), owner = shown_text(certificate, "owner");
  if (!uses.empty()) out_ += cat(word("; used by ", "; verwendet von "), uses);
  if (!owner.empty()) out_ += cat("; ", owner);
  out_ += '\n';
}

void Writer::service(const Json& service) {
  out_ += cat("  ", shown_text(service, "name"), "  ",
              is_true(service, "runs") ? word("runs", "läuft") : word("stopped", "angehalten"), '\n');
}

void Writer::directory_server(const Json& server) {
  std::string state = shown_text(server, "state");
  std::string until = shown_text(server, "left_alone_until");
  if (state == "up") state = word("up", "erreichbar");
  if (state == "down") {
    state = until.empty()
                ? word("down, asked again at the next sign-in", "gestört, bei der nächsten Anmeldung wieder gefragt")
                : cat(word("down, left alone until ", "gestört, ausgelassen bis "), until);
  }
  out_ += cat("    ", shown_text(server, "url"), "  ", state);
  std::string reason = shown_text(server, "reason");
  if (!reason.empty())
    out_ += cat(word("; last failure ", "; letzter Fehler "), shown_text(server, "failed"), ": ",
                word(reason, german_or_same(reason)));
  out_ += '\n';
}

// The keys, where it has any that can be used; what is wrong, even if they can: a keytab that was replaced by a bad one
// leaves those before it in force.
void Writer::key(const Json& key) {
  std::string versions = shown_numbers(key, "key_versions");
  std::string problem = shown_text(structure(key, "problem"), language_ == Language::German ? "de" : "en");
  out_ += cat("  ", shown_text(key, "principal"), "  ");
  if (is_true(key, "usable")) {
    out_ += cat(word("key version ", "Schlüsselversion "), versions);
    std::string written = shown_text(key, "written");
    if (!written.empty()) out_ += cat(word(", written ", ", geschrieben "), written);
    if (!problem.empty()) out_ += cat("; ", problem);
  } else {
    out_ += cat(word("cannot be used: ", "nicht verwendbar: "), problem);
  }
  std::int64_t rc4 = shown_number(key, "rc4_tickets");
  if (rc4 == 1) out_ += word("; 1 ticket with RC4", "; 1 Ticket mit RC4");
  if (rc4 > 1) out_ += cat("; ", rc4, word(" tickets with RC4", " Tickets mit RC4"));
  out_ += '\n';
}

void Writer::delegated_tickets(const Json& tickets) {
  std::string problem = shown_text(structure(tickets, "problem"), language_ == Language::German ? "de" : "en");
  out_ += cat("  ", word("forwarded tickets in ", "weitergereichte Tickets in "), shown_text(tickets, "folder"));
  if (!problem.empty()) out_ += cat(word("; not kept: ", "; nicht aufgehoben: "), problem);
  out_ += '\n';
}

// Below its service. What is no more than normal needs no more than to be said.
void Writer::drift(const Json& drift) {
  bool newer = shown_text(drift, "age") == "newer";
  std::int64_t clients = shown_number(drift, "clients");
  out_ += cat(
      "    ",
      newer ? word("ATTENTION: tickets come with the newer key version ",
                   "ACHTUNG: es kommen Tickets mit der neueren Schlüsselversion ")
            : word("tickets come with the older key version ", "es kommen Tickets mit der älteren Schlüsselversion "),
      shown_number(drift, "key_version"), is_true(drift, "shared") ? word(" and others", " und anderen") : "",
      word(", since ", ", seit "), shown_text(drift, "first"), word(", the last at ", ", zuletzt "),
      shown_text(drift, "last"), ": ", shown_number(drift, "tickets"), word(" of ", " von "), clients,
      is_true(drift, "many_clients") ? word(" or more", " oder mehr") : "",
      clients == 1 ? word(" client", " Client") : word(" clients", " Clients"),
      word("; unproven, anybody can write that", "; unbewiesen, das kann jeder schreiben"), '\n');
  std::string contradicted = shown_text(drift, "contradicted");
  if (!contradicted.empty()) {
    out_ += cat("      ",
                word("it looks false: the KDC still made a ticket with a version of the keytab at ",
                     "es sieht falsch aus: das KDC machte noch ein Ticket mit einer Version der Keytab um "),
                contradicted, '\n');
  }
  out_ += cat("      ", word("what to do: ", "Abhilfe: "),
              shown_text(structure(drift, "remedy"), language_ == Language::German ? "de" : "en"), '\n');
}

}  // namespace

std::optional<std::string> status_text(std::string_view document, Language language) {
  Json status = Json::parse(document, nullptr, false);
  if (!status.is_object()) return std::nullopt;
  Writer writer(language);
  writer.gate(status);
  if (const Json& capture = structure(status, "capture"); !capture.empty()) writer.capture(capture);
  writer.heading({"Listens at", "Wartet an"});
  for (const Json& listener : structure(status, "listeners")) writer.listener(listener);
  writer.heading({"Sites", "Sites"});
  for (const Json& site : structure(status, "sites")) writer.site(site);
  writer.heading({"Backends", "Anwendungen"});
  for (const Json& backend : structure(status, "backends")) {
    writer.backend(backend);
    for (const Json& server : structure(backend, "servers")) writer.server(server);
  }
  if (!structure(status, "renewals").empty()) writer.heading({"Certificates by ACME", "Zertifikate über ACME"});
  for (const Json& renewal : structure(status, "renewals")) writer.renewal(renewal);
  if (!structure(status, "services").empty()) writer.heading({"Sign-in", "Anmeldung"});
  for (const Json& service : structure(status, "services")) {
    writer.service(service);
    if (shown_text(service, "name") != "ldap") continue;
    for (const Json& server : structure(status, "ldap_servers")) writer.directory_server(server);
  }
  for (const Json& key : structure(status, "keys")) {
    writer.key(key);
    for (const Json& drift : structure(key, "drift")) writer.drift(drift);
  }
  if (!structure(status, "expiring_certificates").empty())
    writer.heading({"Certificates that end soon", "Zertifikate, die bald enden"});
  for (const Json& one : structure(status, "expiring_certificates")) writer.certificate(one);
  if (const Json& tickets = structure(status, "delegated_tickets"); !tickets.empty()) writer.delegated_tickets(tickets);
  return std::move(writer).take();
}

}  // namespace pforte::app
