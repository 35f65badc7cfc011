#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/message.h"

namespace pforte::app {

// The document of GET /api/v1/sign-ins/REFERENCE as `pforte explain` shows it: what happened when, one step a line. A
// key that is missing shows as nothing, so that a gate of another version can be asked as well.
std::string sign_in_text(const nlohmann::ordered_json& document, Language language);

// That there is nothing to show, and where to look instead.
struct Absence {
  Message what;
  Message remedy;
};
Absence absence_of(const nlohmann::ordered_json& document);

}  // namespace pforte::app
