// Whatever keystore can be read is written so that it is the same, byte for byte, up to the check sum; and with its
// password it is read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pki/jks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto store = pki::read_jks(bytes, "f", std::nullopt);
  if (!store) return 0;
  std::optional<Secret> password("pw");
  auto written = pki::write_jks(*store, *password);
  constexpr std::size_t kSumBytes = 20;
  if (!written || written->size() != size) std::abort();
  if (std::string_view(*written).substr(0, size - kSumBytes) != bytes.substr(0, size - kSumBytes)) std::abort();
  if (!pki::read_jks(*written, "f", password)) std::abort();
  return 0;
}
