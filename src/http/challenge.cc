#include "http/challenge.h"

#include <algorithm>

#include "http/octets.h"

namespace pforte::http {

namespace {

// The scheme that an element of the list begins with; empty if it is a parameter of the challenge before: a name, then
// '=', perhaps with white space between (RFC 9110, 11.2). The token that may follow a scheme never begins with '='.
std::string_view scheme_in(std::string_view element) {
  std::string_view scheme = element.substr(0, find_not(Octet::Token, element));
  std::string_view after = trim(element.substr(scheme.size()));
  return after.starts_with('=') ? std::string_view() : scheme;
}

}  // namespace

std::optional<Challenge> next_challenge(std::string_view& rest) {
  std::string_view first = next_element(rest);
  if (first.empty()) return std::nullopt;
  Challenge challenge{.scheme = scheme_in(first), .text = first};
  std::string_view ahead = rest;
  for (std::string_view more = next_element(ahead); !more.empty(); more = next_element(ahead)) {
    if (!scheme_in(more).empty()) break;
    challenge.text = {first.begin(), more.end()};
    rest = ahead;
  }
  return challenge;
}

bool is_connection_scheme(std::string_view scheme) {
  constexpr std::string_view kSchemes[] = {"Negotiate", "NTLM", "Nego2", "Kerberos", "CredSSP"};
  return std::ranges::any_of(kSchemes, [scheme](std::string_view one) { return equals_ignoring_case(scheme, one); });
}

bool signs_in_connection(const Field& field) {
  if (field.known == FieldName::PersistentAuth) return !equals_ignoring_case(field.value, "false");
  if (field.known != FieldName::WwwAuthenticate) return false;
  std::string_view rest = field.value;
  while (std::optional<Challenge> challenge = next_challenge(rest)) {
    if (is_connection_scheme(challenge->scheme)) return true;
  }
  return false;
}

}  // namespace pforte::http
