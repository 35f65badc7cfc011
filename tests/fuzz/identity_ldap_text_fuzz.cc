// Whatever somebody types stays one value of a name and one of a filter: a name reads back as what was put in, and a
// filter has no more structure than its pattern.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "identity/ldap_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::identity;
  std::string typed(reinterpret_cast<const char*>(data), size);

  std::string dn = filled_in("cn={login},ou=people,dc=x", {.login = escaped_for_dn(typed), .dn = {}});
  if (!is_dn(dn) && !typed.empty()) std::abort();
  bool control = std::ranges::any_of(typed, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (!control && group_name(dn) != typed) std::abort();
  if (folded_dn(folded_dn(dn)) != folded_dn(dn)) std::abort();

  std::string value = escaped_for_filter(typed);
  if (value.find_first_of("()*") != std::string::npos || value.contains('\0')) std::abort();
  std::string read;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      read += value[i];
    } else {
      read += char(std::stoi(value.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  if (read != typed) std::abort();

  // What a directory sends is no more trusted.
  (void)group_name(typed);
  (void)is_dn(typed);
  return 0;
}
