// Groups are SIDs, each once, and no more of them than the bytes can hold; neither are names longer than these.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "kerberos/pac.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto info = pforte::kerberos::read_logon_info({reinterpret_cast<const char*>(data), size});
  if (!info) return 0;
  if (info->account.size() + info->name.size() > size / 2 * 3) std::abort();
  if (info->groups.size() > size / 4 + 1) std::abort();
  if (std::ranges::adjacent_find(info->groups, std::greater_equal()) != info->groups.end()) std::abort();
  for (const std::string& sid : info->groups) {
    if (!sid.starts_with("S-1-") || sid.find_first_not_of("S-0123456789") != std::string::npos) std::abort();
  }
  return 0;
}
