#include "acme/strict_json.h"

#include <set>
#include <utility>
#include <vector>

namespace pforte::acme {

using nlohmann::json;

std::optional<json> strict_object(std::string_view text) {
  std::vector<std::set<std::string>> open;  // the members of each object that has not ended
  bool twice = false;
  auto look = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end && !open.empty()) open.pop_back();
    if (event == json::parse_event_t::key && !open.empty())
      twice = !open.back().insert(parsed.get_ref<const std::string&>()).second || twice;
    return true;
  };
  json document = json::parse(text, look, false);
  bool good = document.is_object() && !twice;
  return good ? std::optional(std::move(document)) : std::nullopt;
}

std::optional<std::string> text_member(const json& object, const char* name) {
  auto found = object.find(name);
  bool good = found != object.end() && found->is_string();
  return good ? std::optional(found->get<std::string>()) : std::nullopt;
}

}  // namespace pforte::acme
