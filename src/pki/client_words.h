#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pforte::pki {

// Of what a program does not mind.
constexpr std::string_view kAccepted = "accepted";

enum class Place : std::uint8_t { Anywhere, Leaf, Above };

// What programs say where a rule is broken.
struct ClientWords {
  std::string_view rule;
  Place place = Place::Anywhere;  // of the certificate that breaks it
  std::string_view chromium, firefox, ios, android, java;
};

// What outweighs the rest comes first. A star stands for the name that was asked for.
std::span<const ClientWords> client_words();

}  // namespace pforte::pki
