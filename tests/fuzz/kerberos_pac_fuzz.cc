// Groups are SIDs, each once, and no more of them than the bytes can hold.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "kerberos/pac.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto groups = pforte::kerberos::read_groups({reinterpret_cast<const char*>(data), size});
  if (!groups) return 0;
  if (groups->size() > size / 4 + 1) std::abort();
  if (std::ranges::adjacent_find(*groups, std::greater_equal()) != groups->end()) std::abort();
  for (const std::string& sid : *groups) {
    if (!sid.starts_with("S-1-") || sid.find_first_not_of("S-0123456789") != std::string::npos) std::abort();
  }
  return 0;
}
