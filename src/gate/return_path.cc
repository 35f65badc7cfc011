#include "gate/return_path.h"

#include <algorithm>
#include <optional>

#include "gate/percent.h"
#include "http/field.h"

namespace pforte::gate {

namespace {

constexpr std::string_view kOwn = "/.pforte";

// What browsers leave as it is in the first place: printable ASCII. A backslash is a slash to them (WHATWG URL, 4.4).
bool is_harmless(char c) {
  return c > 0x20 && c < 0x7f && c != '\\';
}

// None if an escape is broken.
std::optional<std::string> decoded_once(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      std::optional<char> byte = escaped_byte(path, i);
      if (!byte) return {};
      c = *byte;
      i += 2;
    }
    out += c;
  }
  return out;
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    std::size_t end = std::min(path.find('/'), path.size());
    // Some servers cut parameters off first: "..;x" is ".." to them.
    std::string_view segment = path.substr(0, end);
    std::string_view name = segment.substr(0, segment.find(';'));
    if (name == "." || name == "..") return true;
    path.remove_prefix(end);
  }
  return false;
}

bool is_our_own(std::string_view path) {
  if (!equals_ignoring_case(path.substr(0, kOwn.size()), kOwn)) return false;
  std::string_view rest = path.substr(kOwn.size());
  return rest.empty() || rest[0] == '/' || rest[0] == ';';
}

// `path` begins with a slash.
bool stays_here(std::string_view path) {
  return !path.starts_with("//") && !has_dot_segment(path) && !is_our_own(path);
}

// What may be hidden behind percent signs: letters of any language, and spaces.
bool is_harmless_decoded(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte != 0x7f && c != '\\';
}

}  // namespace

std::string safe_return_path(std::string_view asked) {
  constexpr std::string_view kStart = "/";
  if (!asked.starts_with('/') || asked.size() > kMostReturnPathBytes) return std::string(kStart);
  if (!std::ranges::all_of(asked, is_harmless)) return std::string(kStart);

  std::string_view path = asked.substr(0, asked.find_first_of("?#"));
  std::optional<std::string> decoded = decoded_once(path);
  if (!decoded || !std::ranges::all_of(*decoded, is_harmless_decoded)) return std::string(kStart);
  return std::string(stays_here(path) && stays_here(*decoded) ? asked : kStart);
}

}  // namespace pforte::gate
