#pragma once

#include <optional>
#include <string_view>

#include "http/field.h"

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

// Whether it signs in a connection, with all requests to come on it, instead of a request: Negotiate and its variant
// Nego2, NTLM, and what remote management makes of them. Whatever their case.
// Source: RFC 4559, 6; [MS-NTHT]; [MS-N2HT]; [MS-WSMV].
bool is_connection_scheme(std::string_view scheme);

// Whether a server says by this field that it signs in the connection, or asks for it. Then the connection may stand
// for somebody, and must not carry another's requests.
bool signs_in_connection(const Field& field);

}  // namespace pforte::http
