#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pforte::policy {

// A named list of context paths, so that a site can say `preset = "cursor-crm"`.
struct Preset {
  std::string_view name;

  // Counted up whenever the list changes, so that an update of the application can be checked against it.
  std::uint32_t version = 0;

  std::span<const std::string_view> paths;
};

std::span<const Preset> presets();

// The preset of that name; null if there is none.
const Preset* preset_named(std::string_view name);

}  // namespace pforte::policy
