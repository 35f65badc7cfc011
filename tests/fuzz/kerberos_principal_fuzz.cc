// Whatever can be read is written so that it reads the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kerberos/principal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::kerberos;
  auto read = parse_principal({reinterpret_cast<const char*>(data), size}, "DEFAULT");
  if (read && parse_principal(read->to_text()).value() != *read) std::abort();
  return 0;
}
