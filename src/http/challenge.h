#pragma once

#include <optional>
#include <string_view>

namespace pforte::http {

// One way to sign in that a WWW-Authenticate field offers (RFC 9110, 11.3). Views into the field's value.
struct Challenge {
  std::string_view scheme;  // as sent; empty for parameters that no scheme stands before, which breaks the rule
  std::string_view text;    // all of it: the scheme, and its token or parameters

  bool operator==(const Challenge&) const = default;
};

// Takes the next challenge off the value of a field, which may hold several: the comma that separates them also
// separates the parameters of one. What is malformed belongs to the challenge it follows, so nothing is lost.
// Nothing when there is no more.
// Source: RFC 9110, 11.6.1.
std::optional<Challenge> next_challenge(std::string_view& rest);

}  // namespace pforte::http
