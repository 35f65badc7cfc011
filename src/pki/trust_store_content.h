#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "pki/trust_store.h"

namespace pforte::pki {

// Room for more than 10,000 certificates.
constexpr std::size_t kMostStoreMib = 64;

// The bytes of a store's file. A named pipe is refused (trust.form), since nobody may ever write into it; one that this
// process has open already, such as /dev/stdin or /dev/fd/3, is not. Fails as crypto::read_file().
Result<std::string> read_store_file(const std::string& path);

// What a trust store's file holds, in one of the forms, so that it can be listed and changed. What is not a trusted
// certificate stays as it is.
class StoreContent {
 public:
  virtual ~StoreContent() = default;

  // With `name` in it.
  virtual TrustStore list(const std::string& name) const = 0;

  // Whether a change must have the password.
  virtual bool needs_password() const { return false; }

  // Behind all others. Their aliases are as canonical_alias() has them, and not taken. Fails with Kind::Invalid.
  virtual Result<> add(const std::vector<TrustEntry>& entries) = 0;

  // The entries at these places of the list; the smallest comes first.
  virtual Result<> remove(const std::vector<std::size_t>& places) = 0;

  // The new file. `password` is the one it was read with, or is to have.
  virtual Result<std::string> write(const std::optional<Secret>& password) const = 0;
};

// Reads a file's bytes, whose form is told by themselves; `name` stands in messages. Fails as read_trust_store().
Result<std::unique_ptr<StoreContent>> read_store_content(std::string bytes, const std::string& name,
                                                         const std::optional<Secret>& password);

// A store without entries: of Pem, Pkcs12, Jks or Jceks.
std::unique_ptr<StoreContent> empty_store_content(StoreForm form);

}  // namespace pforte::pki
