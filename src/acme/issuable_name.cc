#include "acme/issuable_name.h"

#include <algorithm>

#include "pki/peer_name.h"

namespace pforte::acme {

bool is_issuable_name(std::string_view name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.contains('*') || !pki::is_host_name(name)) return false;
  bool small = std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
  return small && name[dot + 1] >= 'a' && name[dot + 1] <= 'z';
}

}  // namespace pforte::acme
