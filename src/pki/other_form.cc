#include "pki/other_form.h"

#include <optional>

#include "base/text.h"
#include "crypto/asn1_element.h"

namespace pforte::pki {
namespace {

// Of the OBJECT IDENTIFIERs 1.2.840.113549.1.7.n, with their tag and length.
constexpr std::string_view kPkcs7 = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";

bool is_pkcs7_in_der(std::string_view bytes) {
  std::optional<crypto::Asn1Element> whole = crypto::take_element(bytes);
  return whole && whole->content.starts_with(kPkcs7);
}

}  // namespace

bool is_pkcs7(std::string_view bytes) {
  bool in_pem = bytes.contains("-----BEGIN PKCS7-----") && !bytes.contains("CERTIFICATE-----");
  return in_pem || is_pkcs7_in_der(bytes);
}

std::unexpected<Error> is_other_form(std::string_view bytes, std::string_view name) {
  if (is_pkcs7(bytes)) return fail(Kind::Invalid, "certificate.in-pkcs7", cat(name, ": is PKCS#7"));
  return fail(Kind::Invalid, "certificate.in-keystore", cat(name, ": is a keystore"));
}

}  // namespace pforte::pki
