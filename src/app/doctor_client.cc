#include "app/doctor_client.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "app/complaint.h"
#include "app/contact_json.h"
#include "app/contact_query.h"
#include "app/contact_search.h"
#include "app/contact_text.h"
#include "app/output_end.h"
#include "app/unread_configuration.h"
#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/quantity.h"
#include "gate/config.h"
#include "gate/contacts_config.h"

namespace pforte::app {
namespace {

Answer<contact::Time> since_when(const CommandLine& line) {
  std::optional<std::string> asked = line.value_of("--since");
  if (!asked) return contact::Time();
  std::optional<conf::Duration> span = conf::parse_duration(*asked);
  if (span) return contact::now() - *span;
  return std::unexpected(Complaint(
      kInvalidInput,
      {cat("--since ", printable(*asked), " is no duration"), cat("--since ", printable(*asked), " ist keine Dauer")},
      {"write it as 30min, 1h or 2d", "30min, 1h oder 2d schreiben"}));
}

Answer<std::string> who_is_meant(const CommandLine& line) {
  if (line.more_operands.size() == 1) return line.more_operands.front();
  return std::unexpected(
      Complaint(kInvalidInput,
                {"client needs one address, login, host or code of the self-test page",
                 "client braucht eine Adresse, ein Login, einen Host oder einen Code der Selbsttest-Seite"},
                {"pforte doctor client 192.0.2.7", "pforte doctor client 192.0.2.7"}));
}

Surroundings surroundings_of(const gate::Config& config) {
  Surroundings around;
  around.contacts_off = config.contacts.off;
  for (const gate::ListenerConfig& listener : config.listeners) {
    if (listener.tls) around.listeners.push_back(listener.address);
  }
  for (const gate::SiteConfig& site : config.sites) {
    for (const conf::Text& host : site.hosts) around.hosts.push_back(host.value);
  }
  for (const gate::PassthroughConfig& passthrough : config.passthroughs) {
    for (const conf::Text& host : passthrough.hosts) around.passed.push_back(host.value);
  }
  return around;
}

Message remedy_of_unreadable(const Error& error) {
  if (error.kind() == Kind::Denied)
    return {"run it as root or as the gate's user", "als root oder als Benutzer des Tors ausführen"};
  if (error.kind() == Kind::Invalid)
    return {"see whether `state_dir` names the gate's folder; a gate that starts there overwrites the file",
            "nachsehen, ob `state_dir` den Ordner des Tors nennt; ein Tor, das dort startet, überschreibt die Datei"};
  return {"see whether `state_dir` names the gate's folder", "nachsehen, ob `state_dir` den Ordner des Tors nennt"};
}

// Where no gate has ever run, there is nothing of anybody either.
Answer<ContactFinding> found_by(const gate::Config& config, const ContactQuery& query, contact::Time since) {
  const std::string& folder = config.state_dir;
  std::error_code untold;
  std::filesystem::file_type kind = std::filesystem::status(folder, untold).type();
  if (kind != std::filesystem::file_type::directory && kind != std::filesystem::file_type::none)
    return std::unexpected(Complaint(conf::to_text(config.state_dir_place), kInvalidInput,
                                     {cat(folder, " is no folder, and `state_dir` names it"),
                                      cat(folder, " ist kein Ordner, und `state_dir` nennt ihn")},
                                     {"name the folder in which the gate keeps its state, usually /var/lib/pforte",
                                      "den Ordner nennen, in dem das Tor seinen Zustand hat, meist /var/lib/pforte"}));
  Result<ContactFinding> finding = find_contacts(gate::contacts_file(folder), query, since);
  if (finding) return *std::move(finding);
  if (finding.error().kind() == Kind::NotFound) return ContactFinding();
  return std::unexpected(
      Complaint(kInvalidInput,
                {cat("the contacts cannot be read: ", finding.error().text()),
                 cat("die Kontakte lassen sich nicht lesen: ", german_or_same(finding.error().text()))},
                remedy_of_unreadable(finding.error())));
}

Answer<int> told(const CommandLine& line, const Streams& streams) {
  std::string who = TRY(who_is_meant(line));
  ContactQuery query = TRY(read_contact_query(who));
  contact::Time since = TRY(since_when(line));
  std::string config_path = config_file(line);
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_draft(config_path, problems);
  if (!config) return std::unexpected(unread_configuration(config_path, problems));
  Surroundings around = surroundings_of(*config);
  query.is_host |= is_host_of(around, query.name);
  ContactFinding finding = TRY(found_by(*config, query, since));
  finding.config = line.config.value_or("");
  std::string text = line.json ? contacts_json(query, finding, around, line.language)
                               : contacts_text(query, finding, around, contact::now(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.out);
  TRY(whole_output(streams));
  return works(query, finding).value_or(false) ? kDone : kDoesNotHold;
}

}  // namespace

int tell_of_client(const CommandLine& line, const Streams& streams) {
  Answer<int> exit = told(line, streams);
  if (exit) return *exit;
  std::string text = to_text(exit.error(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return exit.error().exit;
}

}  // namespace pforte::app
