#include "pki/issuer_file.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>

#include <utility>

#include "base/text.h"
#include "crypto/owned.h"
#include "crypto/pem_blocks.h"

namespace pforte::pki {
namespace {

using SignedMessage = crypto::Owned<PKCS7, PKCS7_free>;

std::string der_of_issuer(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  std::string bytes(reinterpret_cast<const char*>(der), std::size_t(size > 0 ? size : 0));
  OPENSSL_free(der);
  return bytes;
}

// What a message of CMS carries along; empty: it is none.
std::vector<std::string> ders_of_message(const std::string& bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  SignedMessage message(d2i_PKCS7(nullptr, &at, long(bytes.size())));
  ERR_clear_error();
  std::vector<std::string> ders;
  if (!message || !PKCS7_type_is_signed(message.get()) || !message->d.sign) return ders;
  const STACK_OF(X509)* all = message->d.sign->cert;
  for (int i = 0; i < (all ? sk_X509_num(all) : 0); ++i) ders.push_back(der_of_issuer(sk_X509_value(all, i)));
  return ders;
}

}  // namespace

Result<IssuerFile> read_issuers(const std::string& bytes, std::string_view source) {
  IssuerFile file;
  std::vector<std::string> ders;
  if (bytes.starts_with("-----BEGIN")) {
    for (crypto::PemBlock& block : TRY(crypto::read_pem_blocks(bytes, source)))
      if (block.is_certificate()) ders.push_back(std::move(block.content));
  } else {
    ders = ders_of_message(bytes);
    file.is_message = !ders.empty();
    if (!file.is_message) ders.push_back(bytes);
  }
  if (ders.size() > kMostIssuers)
    return fail(Kind::Invalid, "certificate.damaged",
                cat(source, ": it has more than ", kMostIssuers, " certificates"));
  for (std::string& der : ders) {
    if (Result<Certificate> read = read_certificate(std::move(der), source))
      file.certificates.push_back(*std::move(read));
  }
  if (file.certificates.empty())
    return fail(Kind::Invalid, "certificate.damaged", cat(source, ": there is no certificate that can be read"));
  return file;
}

}  // namespace pforte::pki
