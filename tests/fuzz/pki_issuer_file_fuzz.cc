// What is read of an issuer's file are certificates, not more than the bound, and each is read again the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pki/issuer_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::pki;
  auto read = read_issuers({reinterpret_cast<const char*>(data), size}, "input");
  if (!read) return 0;
  if (read->certificates.empty() || read->certificates.size() > kMostIssuers) std::abort();
  for (const Certificate& certificate : read->certificates) {
    auto again = read_issuers(certificate.der, "input");
    if (!again || again->certificates.size() != 1 || again->certificates.front().subject != certificate.subject)
      std::abort();
  }
  return 0;
}
