#include "admin/status.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pforte::admin {

namespace {

using Json = nlohmann::ordered_json;

std::string two(unsigned number) {
  return number < 10 ? cat('0', number) : cat(number);
}

// RFC 3339, in UTC, to the second.
std::string to_text(Time time) {
  using namespace std::chrono;
  sys_seconds second = floor<seconds>(time);
  sys_days day = floor<days>(second);
  year_month_day date(day);
  hh_mm_ss clock(second - day);
  return cat(int(date.year()), '-', two(unsigned(date.month())), '-', two(unsigned(date.day())), 'T',
             two(unsigned(clock.hours().count())), ':', two(unsigned(clock.minutes().count())), ':',
             two(unsigned(clock.seconds().count())), 'Z');
}

Json to_document(const std::optional<Time>& time) {
  return time ? Json(to_text(*time)) : Json(nullptr);
}

Json to_document(const Message& message) {
  return {{"en", message.en}, {"de", message.de}};
}

Json to_document(const ServerStatus& server) {
  constexpr std::array<const char*, 3> kStates{"up", "down", "ejected"};
  return {{"url", server.url},
          {"state", kStates[std::size_t(server.state)]},
          {"since", to_text(server.since)},
          {"reason", server.reason.empty() ? Json(nullptr) : Json(server.reason)},
          {"certificate_expires", to_document(server.certificate_expires)}};
}

Json to_document(const BackendStatus& backend) {
  Json servers = Json::array();
  for (const ServerStatus& server : backend.servers) servers.push_back(to_document(server));
  return {{"name", backend.name}, {"servers", std::move(servers)}};
}

Json to_document(const SiteStatus& site) {
  return {
      {"hosts", site.hosts}, {"backend", site.backend}, {"certificate_expires", to_document(site.certificate_expires)}};
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
  document["since"] = to_text(status.since);
  document["configuration"] = Json{{"file", status.configuration}, {"loaded", to_text(status.loaded)}};
  document["connections"] = Json{{"clients", status.client_connections},
                                 {"backend_busy", status.backend_busy},
                                 {"backend_idle", status.backend_idle}};
  document["listeners"] = list_of(status.listeners);
  document["sites"] = list_of(status.sites);
  document["backends"] = list_of(status.backends);
  return dump(document);
}

std::string to_json(const ReloadOutcome& outcome) {
  Json document;
  document["ok"] = outcome.ok;
  document["problems"] = list_of(outcome.problems);
  return dump(document);
}

}  // namespace pforte::admin
