// Whatever is taken for something to import holds certificates in DER and keys that OpenSSL reads again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/private_key.h"
#include "inventory/material.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (bool knows : {false, true}) {
    std::optional<Secret> password;
    if (knows) password.emplace("changeit");
    inventory::Material material;
    if (!inventory::add_material(bytes, "f", password, material)) continue;
    if (material.certificates.empty() && material.keys.empty()) std::abort();
    for (const auto& certificate : material.certificates) {
      if (certificate.der.empty()) std::abort();
    }
    for (const auto& key : material.keys) {
      if (!crypto::private_key_from_pem(key.pem.reveal(), key.file)) std::abort();
    }
  }
  return 0;
}
