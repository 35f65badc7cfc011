#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/message.h"

namespace pforte::conf {

// What is wrong with a line that is not TOML.
struct Diagnosis {
  Message what;
  Message remedy;

  // The line as it was meant, when that is plain.
  std::optional<std::string> meant;
};

// Says what an administrator did wrong in `line` (without its line end), of which the TOML parser said `complaint`.
Diagnosis diagnose(std::string_view line, std::string_view complaint);

// Whether a line is a heading, or a pair of key and value: no item of a list that began before.
bool begins_anew(std::string_view line);

}  // namespace pforte::conf
