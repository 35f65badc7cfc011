#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace pforte::inventory {

// What files hold that are to be imported.
struct Material {
  struct Certificate {
    std::string der;
    std::string file;
  };
  struct Key {
    Secret pem;  // PKCS#8, not encrypted
    std::string file;
  };
  std::vector<Certificate> certificates;  // in the order of the files, each once
  std::vector<Key> keys;
};

// Adds what a file holds, told apart by its content: PEM with certificates, keys or both, DER with certificates or one
// key, PKCS#12. The password is for keys and PKCS#12.
//
// Fails as crypto::read_file(), and with Kind::Invalid, naming the file: certificate.none where it holds neither,
// certificate.damaged, key.damaged, key.password-missing, key.password-wrong, trust.damaged, trust.password-missing,
// trust.password-wrong, trust.unsupported.
Result<> read_material(const std::string& file, const std::optional<Secret>& password, Material& into);

// The same for the content of a file; `file` is what messages call it.
Result<> add_material(std::string_view content, const std::string& file, const std::optional<Secret>& password,
                      Material& into);

// Adds the private key of a file that must hold one. Fails as above.
Result<> read_material_key(const std::string& file, const std::optional<Secret>& password, Material& into);

}  // namespace pforte::inventory
