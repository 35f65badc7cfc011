// A fingerprint has the same form whatever the ClientHello is, and GREASE never counts.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tls/fingerprint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::tls;
  auto hello = read_hello({data, size});
  if (!hello) return 0;
  std::string text = ja4(*hello);
  if (text.size() != 36 || text[10] != '_' || text[23] != '_') std::abort();
  for (std::uint16_t cipher : hello->ciphers) {
    if ((cipher & 0x0f0f) == 0x0a0a && cipher >> 8 == (cipher & 0xff)) std::abort();
  }
  return 0;
}
