// Whatever request can be read reads the same from its DER, and each of its names is one that is written alike.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/certificate_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  auto read = crypto::read_certificate_request({reinterpret_cast<const char*>(data), size}, "f");
  if (!read) return 0;
  auto again = crypto::read_certificate_request(read->der, "f");
  if (!again || again->subject != read->subject || again->names != read->names) std::abort();
  for (const crypto::AlternativeName& name : read->names) {
    if (crypto::alternative_name(text_of(name)) != name) std::abort();
  }
  return 0;
}
