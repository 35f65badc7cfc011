#pragma once

#include <cstdint>

namespace pforte::policy {

// What readers that fold characters (compatibility forms, Windows code pages, case) could make of one that is not
// ASCII.
enum class Likeness : std::uint8_t {
  None,        // itself
  Name,        // perhaps another character of a name
  Mark,        // it changes the character before it
  Significant  // / \ . ; % and the like, or nothing at all
};
Likeness likeness(char32_t value);

}  // namespace pforte::policy
