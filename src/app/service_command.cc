#include "app/service_command.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "app/store_json.h"
#include "app/text_table.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "conf/nearest.h"
#include "identity/services.h"

namespace pforte::app {
namespace {

std::string state_of(const StoreCall& call, const identity::ServiceState& service) {
  if (call.german()) return service.stopped ? "angehalten" : "läuft";
  return service.stopped ? "stopped" : "running";
}

Complaint unknown(const std::string& name, const std::vector<identity::ServiceState>& services) {
  std::vector<std::string_view> known;
  std::vector<std::string> names;
  for (const identity::ServiceState& service : services) {
    known.push_back(service.name);
    names.push_back(service.name);
  }
  std::string shown = printable(name), all = joined(names, ", ");
  Message what{cat("there is no service ", shown), cat("es gibt keinen Dienst ", shown)};
  if (auto meant = conf::nearest(name, known))
    return {kInvalidInput, what, {cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")}};
  return {kInvalidInput, what, {cat("there are: ", all), cat("es gibt: ", all)}};
}

Answer<int> set_stopped(const StoreCall& call, bool stopped) {
  const std::string& name = call.line.operand;
  std::vector<identity::ServiceState> services = TRY(identity::list_services(call.store));
  if (std::ranges::find(services, name, &identity::ServiceState::name) == services.end())
    return std::unexpected(unknown(name, services));
  TRY(identity::set_service(call.store, name, stopped));
  services = TRY(identity::list_services(call.store));
  auto now = std::ranges::find(services, name, &identity::ServiceState::name);
  call.tell({cat(name, stopped ? " is stopped" : " is running"), cat(name, stopped ? " ist angehalten" : " läuft")},
            cat(json_of(*now), '\n'));
  return kDone;
}

}  // namespace

Answer<int> list_services(const StoreCall& call) {
  std::vector<identity::ServiceState> services = TRY(identity::list_services(call.store));
  if (call.line.json) {
    std::string all;
    for (const identity::ServiceState& service : services) all += cat(all.empty() ? "" : ",\n", json_of(service));
    call.print(cat("{\"services\": [\n", all, "\n]}\n"));
    return kDone;
  }
  bool german = call.german();
  TextTable table(call.streams.out,
                  {german ? "DIENST" : "SERVICE", german ? "STATUS" : "STATE", german ? "SEIT" : "SINCE"});
  for (const identity::ServiceState& service : services) {
    bool ever = service.changed != std::chrono::system_clock::time_point();
    table.row({service.name, state_of(call, service), ever ? rfc3339(service.changed) : ""});
  }
  return kDone;
}

Answer<int> start_service(const StoreCall& call) {
  return set_stopped(call, false);
}

Answer<int> stop_service(const StoreCall& call) {
  return set_stopped(call, true);
}

}  // namespace pforte::app
