#include "policy/permits.h"

#include <array>
#include <iterator>

namespace pforte::policy {

namespace {

// In the order of Oddity.
constexpr std::array<std::string_view, kOddityCount> kNames = {
    "encoded-slash",         "backslash",       "encoded-backslash",
    "encoded-semicolon",     "empty-segment",   "encoded-dots",
    "dot-segment-parameter", "double-encoding", "invalid-utf8",
};

}  // namespace

std::string_view oddity_name(Oddity oddity) {
  return kNames.at(static_cast<std::size_t>(oddity));
}

std::optional<Oddity> oddity_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == name) return static_cast<Oddity>(i);
  }
  return {};
}

}  // namespace pforte::policy
