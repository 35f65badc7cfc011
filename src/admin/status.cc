#include "admin/status.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/time.h"

namespace pforte::admin {

namespace {

using Json = nlohmann::ordered_json;

Json to_document(const std::optional<Time>& time) {
  return time ? Json(rfc3339(*time)) : Json(nullptr);
}

Json to_document(const Message& message) {
  return {{"en", message.en}, {"de", message.de}};
}

Json to_document(const std::optional<CheckStatus>& check) {
  if (!check) return nullptr;
  return {{"kind", check->kind},
          {"passed", check->passed},
          {"code", check->passed ? Json(nullptr) : Json(check->code)},
          {"reason", check->passed ? Json(nullptr) : Json(check->reason)},
          {"at", rfc3339(check->at)},
          {"milliseconds", check->took.count()}};
}

Json to_document(const ServerStatus& server) {
  constexpr std::array<const char*, 4> kStates{"up", "down", "ejected", "drained"};
  return {{"url", server.url},
          {"state", kStates[std::size_t(server.state)]},
          {"since", rfc3339(server.since)},
          {"reason", server.reason.empty() ? Json(nullptr) : Json(server.reason)},
          {"failures_in_a_row", server.failures},
          {"certificate_expires", to_document(server.certificate_expires)},
          {"check", to_document(server.check)},
          {"healthy", server.healthy},
          {"ejected", server.ejected},
          {"drained", server.drained},
          {"backup", server.backup},
          {"weight", server.weight},
          {"requests", server.requests},
          {"max_requests", server.max_requests}};
}

Json to_document(const BackendStatus& backend) {
  Json servers = Json::array();
  for (const ServerStatus& server : backend.servers) servers.push_back(to_document(server));
  return {{"name", backend.name}, {"servers", std::move(servers)}};
}

Json to_document(const SiteStatus& site) {
  return {{"hosts", site.hosts},
          {"backend", site.backend},
          {"certificate_expires", to_document(site.certificate_expires)},
          {"hosts_without_certificate", site.refused_hosts}};
}

Json to_document(const ListenerStatus& listener) {
  return {{"address", listener.address}, {"kind", listener.kind}};
}

Json to_document(const ReloadProblem& problem) {
  return {{"severity", problem.severity},
          {"file", problem.file},
          {"line", problem.line},
          {"column", problem.column},
          {"code", problem.code},
          {"what", to_document(problem.what)},
          {"remedy", to_document(problem.remedy)}};
}

Json to_document(const ServiceStatus& service) {
  return {{"name", service.name}, {"runs", service.runs}};
}

Json to_document(const RenewalStatus& renewal) {
  bool failed = !renewal.code.empty();
  return {{"names", renewal.names},
          {"ca", renewal.ca},
          {"state", renewal.state},
          {"expires", to_document(renewal.expires)},
          {"next_attempt", to_document(renewal.next)},
          {"last_attempt", to_document(renewal.tried)},
          {"failures", renewal.failures},
          {"code", failed ? Json(renewal.code) : Json(nullptr)},
          {"problem", failed ? to_document(renewal.problem) : Json(nullptr)},
          {"remedy", failed ? to_document(renewal.remedy) : Json(nullptr)}};
}

Json to_document(const LdapServerStatus& server) {
  return {{"url", server.url},
          {"state", server.up ? "up" : "down"},
          {"left_alone_until", to_document(server.left_alone_until)},
          {"failed", to_document(server.failed)},
          {"reason", server.reason.empty() ? Json(nullptr) : Json(server.reason)}};
}

Json to_document(const KeyDriftStatus& drift) {
  return {{"key_version", drift.key_version},
          {"shared", drift.shared},
          {"age", drift.newer ? "newer" : "older"},
          {"first", rfc3339(drift.first)},
          {"last", rfc3339(drift.last)},
          {"tickets", drift.tickets},
          {"clients", drift.clients},
          {"many_clients", drift.many_clients},
          {"contradicted", to_document(drift.contradicted)},
          {"remedy", to_document(drift.remedy)}};
}

Json to_document(const KeyStatus& key) {
  Json drift = Json::array();
  for (const KeyDriftStatus& one : key.drift) drift.push_back(to_document(one));
  return {{"principal", key.principal},
          {"keytab", key.keytab},
          {"usable", key.usable},
          {"problem", key.problem ? to_document(*key.problem) : Json(nullptr)},
          {"key_versions", key.key_versions},
          {"encryptions", key.encryptions},
          {"written", to_document(key.written)},
          {"rc4_tickets", key.rc4_tickets},
          {"drift", std::move(drift)}};
}

Json to_document(const DelegatedTicketStatus& tickets) {
  return {{"folder", tickets.folder}, {"problem", tickets.problem ? to_document(*tickets.problem) : Json(nullptr)}};
}

Json to_document(const CertificateStatus& certificate) {
  return {{"sha256", certificate.sha256},
          {"name", certificate.name},
          {"owner", certificate.owner},
          {"expires", rfc3339(certificate.expires)},
          {"uses", certificate.uses}};
}

Json to_document(const std::optional<CaptureStatus>& capture) {
  if (!capture) return nullptr;
  return {{"by", capture->by},
          {"filter", capture->filter},
          {"begun", rfc3339(capture->begun)},
          {"until", rfc3339(capture->until)},
          {"secrets", capture->secrets},
          {"connections", capture->connections},
          {"bytes", capture->bytes}};
}

template <class T>
Json list_of(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(to_document(item));
  return list;
}

// What is not UTF-8, such as a strange file name, is replaced.
std::string dump(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const Status& status) {
  Json document;
  document["version"] = status.version;
  document["pid"] = status.pid;
  document["since"] = rfc3339(status.since);
  document["configuration"] = Json{{"file", status.configuration}, {"loaded", rfc3339(status.loaded)}};
  document["connections"] = Json{{"clients", status.client_connections},
                                 {"backend_busy", status.backend_busy},
                                 {"backend_idle", status.backend_idle}};
  document["listeners"] = list_of(status.listeners);
  document["sites"] = list_of(status.sites);
  document["backends"] = list_of(status.backends);
  document["renewals"] = list_of(status.renewals);
  document["services"] = list_of(status.services);
  document["ldap_servers"] = list_of(status.ldap_servers);
  document["keys"] = list_of(status.keys);
  document["expiring_certificates"] = list_of(status.expiring);
  document["delegated_tickets"] = status.delegated_tickets ? to_document(*status.delegated_tickets) : Json(nullptr);
  document["capture"] = to_document(status.capture);
  return dump(document);
}

bool RenewalOutcome::ok() const {
  return std::ranges::all_of(renewals, [](const RenewalStatus& one) { return one.code.empty(); });
}

std::string to_json(const RenewalOutcome& outcome) {
  Json document;
  document["ok"] = outcome.ok();
  document["renewals"] = list_of(outcome.renewals);
  return dump(document);
}

std::string to_json(const ReloadOutcome& outcome) {
  Json document;
  document["ok"] = outcome.ok;
  document["problems"] = list_of(outcome.problems);
  return dump(document);
}

}  // namespace pforte::admin
