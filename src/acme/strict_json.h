#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace pforte::acme {

// An object of JSON in which no object has a member twice, of at most 16 levels. None: it is something
// else.
std::optional<nlohmann::json> strict_object(std::string_view text);

// A member that is a text; none where it is missing or something else.
std::optional<std::string> text_member(const nlohmann::json& object, const char* name);

}  // namespace pforte::acme
