#include "http/authority.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "http/field.h"
#include "http/octets.h"

namespace pforte::http {

namespace {

constexpr std::size_t kMaxHostBytes = 255;

// Where the host ends, or npos if there is none.
std::size_t host_end(std::string_view text) {
  if (!text.starts_with('[')) {
    std::size_t end = find_not(Octet::Host, text);
    return end == 0 ? std::string_view::npos : end;
  }
  std::size_t end = 1;
  while (end < text.size() && (is(Octet::Hex, text[end]) || text[end] == ':' || text[end] == '.')) ++end;
  bool closed = end > 2 && end < text.size() && text[end] == ']';
  return closed && text.substr(1, end - 1).contains(':') ? end + 1 : std::string_view::npos;
}

bool is_port(std::string_view digits) {
  if (digits.empty() || digits.size() > 5 || find_not(Octet::Digit, digits) != digits.size()) return false;
  int port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port >= 1 && port <= 65535;
}

std::string_view without_default_port(std::string_view authority, Scheme scheme) {
  std::string_view port = port_of(authority);
  bool is_default = (scheme == Scheme::Http && port == "80") || (scheme == Scheme::Https && port == "443");
  if (is_default) authority.remove_suffix(port.size() + 1);
  return authority;
}

}  // namespace

bool is_authority(std::string_view text) {
  std::size_t end = host_end(text);
  if (end == std::string_view::npos || end > kMaxHostBytes) return false;
  if (end == text.size()) return true;
  return text[end] == ':' && is_port(text.substr(end + 1));
}

std::string_view port_of(std::string_view authority) {
  std::size_t end = std::min(host_end(authority), authority.size());
  return end + 1 < authority.size() ? authority.substr(end + 1) : std::string_view();
}

bool same_authority(std::string_view a, std::string_view b, Scheme scheme) {
  return equals_ignoring_case(without_default_port(a, scheme), without_default_port(b, scheme));
}

}  // namespace pforte::http
