#include "app/doctor_rc4.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "app/control_call.h"
#include "base/text.h"

namespace pforte::app {
namespace {

constexpr std::chrono::seconds kCountLimit{2};

}  // namespace

doctor::Rc4Tickets rc4_tickets_of(const std::string& state_dir) {
  doctor::Rc4Tickets tickets;
  Result<ControlAnswer> answer = call_gate(cat(state_dir, "/control.sock"), "GET", "/api/v1/status", kCountLimit);
  if (!answer || answer->status != 200) return tickets;
  nlohmann::json document = nlohmann::json::parse(answer->body, nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) return tickets;
  tickets.is_running = true;
  for (const nlohmann::json& key : document["keys"]) {
    auto name = key.find("principal");
    auto count = key.find("rc4_tickets");
    bool whole = name != key.end() && name->is_string() && count != key.end() && count->is_number_unsigned();
    if (whole) tickets.by_service[name->get<std::string>()] = count->get<std::uint64_t>();
  }
  return tickets;
}

}  // namespace pforte::app
