#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/printable.h"

// Parts of what a gate has answered, as a terminal can be given them. What is missing or of another kind is empty, so
// that a gate of another version can be shown as well.

namespace pforte::app {

inline std::string shown_text(const nlohmann::ordered_json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? printable(found->get_ref<const std::string&>()) : std::string();
}

inline std::int64_t shown_number(const nlohmann::ordered_json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

inline bool is_true(const nlohmann::ordered_json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

// An object or a list; anything else, null among it, reads as an empty object.
inline const nlohmann::ordered_json& structure(const nlohmann::ordered_json& object, const char* key) {
  static const nlohmann::ordered_json none = nlohmann::ordered_json::object();
  auto found = object.find(key);
  return found != object.end() && found->is_structured() ? *found : none;
}

// A server of a backend that gets requests, of which the last ones failed. It may never have been up.
inline bool is_failing(const nlohmann::ordered_json& server) {
  return shown_text(server, "state") == "up" && shown_number(server, "failures_in_a_row") > 0;
}

// "1, 2".
inline std::string shown_numbers(const nlohmann::ordered_json& object, const char* key) {
  std::string text;
  for (const nlohmann::ordered_json& number : structure(object, key)) {
    if (number.is_number_integer()) text += (text.empty() ? "" : ", ") + std::to_string(number.get<std::int64_t>());
  }
  return text;
}

// "a, b".
inline std::string shown_texts(const nlohmann::ordered_json& object, const char* key) {
  std::string text;
  for (const nlohmann::ordered_json& one : structure(object, key)) {
    if (one.is_string()) text += (text.empty() ? "" : ", ") + printable(one.get_ref<const std::string&>());
  }
  return text;
}

}  // namespace pforte::app
