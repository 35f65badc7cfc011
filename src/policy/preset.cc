#include "policy/preset.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace pforte::policy {

namespace {

// Source: CURSOR, "SSL-Kommunikationsstrecken & Zertifikate", use of a reverse proxy.
constexpr std::array<std::string_view, 15> kCursorCrm = {
    "/auth",  "/admin", "/cti",    "/cti_crm",       "/help", "/infoboard",   "/invocation", "/maskEditor",
    "/oauth", "/rest",  "/script", "/scriptlibrary", "/soap", "/tilebuilder", "/webclient",
};

constexpr Preset kPresets[] = {{.name = "cursor-crm", .version = 1, .paths = kCursorCrm}};

}  // namespace

std::span<const Preset> presets() {
  return kPresets;
}

const Preset* preset_named(std::string_view name) {
  const Preset* found = std::ranges::find(kPresets, name, &Preset::name);
  return found == std::end(kPresets) ? nullptr : found;
}

}  // namespace pforte::policy
