#include "app/doctor_running.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "app/control_call.h"
#include "base/text.h"
#include "identity/sign_in_config.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds kSummaryLimit{2};

// Each element of a list that has a text there and a value here: whatever else a gate of another version may send.
template <class Visit>
void each_named(const Json& document, const char* list, const char* name, const char* value, const Visit& visit) {
  auto found = document.find(list);
  if (found == document.end() || !found->is_array()) return;
  for (const Json& one : *found) {
    if (one.is_object() && one.contains(name) && one[name].is_string() && one.contains(value))
      visit(one[name].get<std::string>(), one[value]);
  }
}

}  // namespace

RunningSignIn running_sign_in_of(const std::string& state_dir) {
  RunningSignIn running;
  Result<ControlAnswer> answer = call_gate(cat(state_dir, "/control.sock"), "GET", "/api/v1/status", kSummaryLimit);
  if (!answer || answer->status != 200) return running;
  Json document = Json::parse(answer->body, nullptr, false);
  if (!document.is_object()) return running;
  running.rc4.is_running = document.contains("keys") && document["keys"].is_array();
  each_named(document, "keys", "principal", "rc4_tickets", [&](const std::string& principal, const Json& count) {
    if (count.is_number_unsigned()) running.rc4.by_service[principal] = count.get<std::uint64_t>();
  });
  each_named(document, "services", "name", "runs", [&](const std::string& name, const Json& runs) {
    bool is_it = name == identity::provider_name(identity::Provider::Kerberos) && runs.is_boolean();
    if (is_it) running.kerberos_runs = runs.get<bool>();
  });
  return running;
}

}  // namespace pforte::app
