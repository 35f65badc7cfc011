#include "inventory/material.h"

#include <strings.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/key_file.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "crypto/pkcs12.h"
#include "crypto/private_key.h"
#include "pki/certificate_file.h"

namespace pforte::inventory {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN ";

void add_certificate(std::string der, const std::string& file, Material& into) {
  bool is_known = std::ranges::find(into.certificates, der, &Material::Certificate::der) != into.certificates.end();
  if (!is_known) into.certificates.push_back({.der = std::move(der), .file = file});
}

Result<> add_key(std::string_view content, const std::string& file, const std::optional<Secret>& password,
                 Material& into) {
  crypto::PrivateKey key = TRY(crypto::private_key_in(content, file, password));
  into.keys.push_back({.pem = TRY(crypto::private_key_pem(*key)), .file = file});
  return {};
}

Result<> add_pem(std::string_view text, const std::string& file, const std::optional<Secret>& password,
                 Material& into) {
  for (crypto::PemBlock& block : TRY(crypto::read_pem_blocks(text, file))) {
    if (block.is_certificate()) add_certificate(std::move(block.content), file, into);
    if (block.is_private_key()) TRY(add_key(text.substr(block.begin, block.end - block.begin), file, password, into));
  }
  return {};
}

Result<> add_pkcs12(std::string_view der, const std::string& file, const std::optional<Secret>& password,
                    Material& into) {
  crypto::Pkcs12 store = TRY(crypto::Pkcs12::read(der, file, password));
  for (const crypto::Pkcs12Certificate& certificate : store.certificates())
    add_certificate(certificate.der, file, into);
  for (const crypto::PrivateKey& key : TRY(store.private_keys(file, password)))
    into.keys.push_back({.pem = TRY(crypto::private_key_pem(*key)), .file = file});
  return {};
}

// PFX ::= SEQUENCE { INTEGER 3, ... } (RFC 7292, 4). No certificate and no key begins so.
bool is_pkcs12(std::string_view bytes) {
  if (bytes.size() < 8 || bytes[0] != '\x30') return false;
  auto length = static_cast<unsigned char>(bytes[1]);
  std::size_t content = length < 0x80 ? 2 : 2 + (length & 0x7fU);
  return bytes.substr(std::min(content, bytes.size())).starts_with("\x02\x01\x03");
}

bool begins_like_certificate(std::string_view bytes) {
  return crypto::outline_of(bytes).has_value() || bytes.starts_with("\x30\x82");
}

Result<> add_der(std::string_view bytes, const std::string& file, const std::optional<Secret>& password,
                 Material& into) {
  if (is_pkcs12(bytes)) return add_pkcs12(bytes, file, password, into);
  Result<std::vector<std::string>> certificates = pki::read_certificates(bytes, file);
  // Any DER may be taken for one there.
  bool some = certificates && crypto::outline_of(certificates->front());
  if (some) {
    for (std::string& der : *certificates) add_certificate(std::move(der), file, into);
    return {};
  }
  Result<> key = add_key(bytes, file, password, into);
  bool is_no_key = !key && key.error().code() == "key.damaged";
  if (is_no_key && !certificates && begins_like_certificate(bytes))
    return std::unexpected(std::move(certificates).error());
  return key;
}

}  // namespace

Result<> add_material(std::string_view content, const std::string& file, const std::optional<Secret>& password,
                      Material& into) {
  std::size_t before = into.certificates.size() + into.keys.size();
  bool is_pem = content.find(kPemBegin) != std::string_view::npos;
  TRY(is_pem ? add_pem(content, file, password, into) : add_der(content, file, password, into));
  // The same certificate in two files is no mistake.
  if (into.certificates.size() + into.keys.size() > before || !into.certificates.empty()) return {};
  return fail(Kind::Invalid, "certificate.none", cat(file, ": holds neither a certificate nor a key"));
}

Result<> read_material(const std::string& file, const std::optional<Secret>& password, Material& into) {
  std::string content = TRY(crypto::read_file(file));
  Result<> added = add_material(content, file, password, into);
  explicit_bzero(content.data(), content.size());
  return added;
}

Result<> read_material_key(const std::string& file, const std::optional<Secret>& password, Material& into) {
  std::string content = TRY(crypto::read_file(file));
  Result<> added =
      is_pkcs12(content) ? add_pkcs12(content, file, password, into) : add_key(content, file, password, into);
  explicit_bzero(content.data(), content.size());
  return added;
}

}  // namespace pforte::inventory
