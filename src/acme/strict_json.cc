#include "acme/strict_json.h"

#include <set>
#include <utility>
#include <vector>

namespace pforte::acme {

using nlohmann::json;

namespace {

// Copying, comparing and writing a document calls itself for each level.
constexpr int kMostLevels = 16;

}  // namespace

std::optional<json> strict_object(std::string_view text) {
  std::vector<std::set<std::string>> open;  // the members of each object that has not ended
  bool twice = false;
  bool deep = false;
  auto look = [&](int levels, json::parse_event_t event, json& parsed) {
    bool begins = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (begins && levels >= kMostLevels) deep = true;
    if (deep) return false;
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end && !open.empty()) open.pop_back();
    if (event == json::parse_event_t::key && !open.empty())
      twice = !open.back().insert(parsed.get_ref<const std::string&>()).second || twice;
    return true;
  };
  json document = json::parse(text, look, false);
  bool good = document.is_object() && !twice && !deep;
  return good ? std::optional(std::move(document)) : std::nullopt;
}

std::optional<std::string> text_member(const json& object, const char* name) {
  auto found = object.find(name);
  bool good = found != object.end() && found->is_string();
  return good ? std::optional(found->get<std::string>()) : std::nullopt;
}

}  // namespace pforte::acme
