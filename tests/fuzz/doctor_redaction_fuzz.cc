#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "doctor/redaction.h"

// Masking twice is the same as once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string once = pforte::doctor::redacted({reinterpret_cast<const char*>(data), size});
  if (pforte::doctor::redacted(once) != once) std::abort();
  return 0;
}
