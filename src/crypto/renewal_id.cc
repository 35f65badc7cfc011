#include "crypto/renewal_id.h"

#include <openssl/x509v3.h>

#include "base/bytes.h"
#include "base/text.h"

namespace pforte::crypto {
namespace {

std::string content_of(const ASN1_STRING& string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&string)), std::size_t(ASN1_STRING_length(&string))};
}

// The content of a positive INTEGER in DER: a zero byte before what would look negative.
std::string integer_content(const ASN1_INTEGER& number) {
  std::string bytes = content_of(number);
  bool high = !bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80) != 0;
  return high ? std::string(1, '\0') + bytes : bytes;
}

}  // namespace

std::string renewal_id(const X509& certificate) {
  const ASN1_OCTET_STRING* issuer_key = X509_get0_authority_key_id(const_cast<X509*>(&certificate));
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&certificate);
  if (!issuer_key || !serial) return {};
  return cat(to_base64url(content_of(*issuer_key)), '.', to_base64url(integer_content(*serial)));
}

}  // namespace pforte::crypto
