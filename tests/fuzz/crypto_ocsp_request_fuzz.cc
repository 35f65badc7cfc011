// Whatever OCSP request can be read, each certificate that it asks about is named the same when it is read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/ocsp_making.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  auto read = crypto::read_ocsp_request({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  if (read->ids.empty() || read->ids.size() > 16) std::abort();
  if (read->nonce && (read->nonce->empty() || read->nonce->size() > 128)) std::abort();
  for (const crypto::OcspId& id : read->ids) {
    if (id.der.empty()) std::abort();
  }
  return 0;
}
