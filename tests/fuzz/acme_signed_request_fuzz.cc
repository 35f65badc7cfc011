// Whatever a client sends is a request or is refused with one of two codes; what is read can stand in a log, and no
// request holds for a key that did not sign it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "acme/signed_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  auto request = acme::SignedRequest::read({reinterpret_cast<const char*>(data), size});
  if (!request) {
    std::string_view code = request.error().code();
    if (code != "jws.malformed" && code != "jws.public-key") std::abort();
    return 0;
  }
  if ((request->key() == nullptr) == request->account().empty()) std::abort();
  for (std::string_view text : {request->algorithm(), request->url(), request->nonce(), request->account()}) {
    for (char c : text) {
      if (c <= ' ' || c >= 0x7f) std::abort();
    }
  }
  if (request->is_bound_by(Secret("a key that nobody has"))) std::abort();
  return 0;
}
