#include "crypto/certificate_outline.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include <array>
#include <cstdio>

#include "crypto/asn1_element.h"

namespace pforte::crypto {

namespace {

const unsigned char* raw_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<UtcTime> take_time(std::string_view& rest) {
  std::optional<Asn1Element> element = take_element(rest);
  if (!element || (element->tag != V_ASN1_UTCTIME && element->tag != V_ASN1_GENERALIZEDTIME)) return std::nullopt;
  Owned<ASN1_STRING, ASN1_STRING_free> time(ASN1_STRING_type_new(element->tag));
  ASN1_STRING_set(time.get(), element->content.data(), int(element->content.size()));
  return time_of(time.get());
}

}  // namespace

std::optional<CertificateOutline> outline_of(std::string_view der) {
  std::optional<Asn1Element> certificate = take_element(der, V_ASN1_SEQUENCE);
  if (!certificate || !der.empty()) return std::nullopt;
  std::string_view parts = certificate->content;
  std::optional<Asn1Element> signed_part = take_element(parts, V_ASN1_SEQUENCE);
  if (!signed_part) return std::nullopt;

  std::string_view rest = signed_part->content;
  take_element(rest, context_tag(0));  // the version, which may be left out
  std::optional<Asn1Element> serial = take_element(rest, V_ASN1_INTEGER);
  if (!serial || !take_element(rest, V_ASN1_SEQUENCE)) return std::nullopt;
  std::optional<Asn1Element> issuer = take_element(rest, V_ASN1_SEQUENCE);
  std::optional<Asn1Element> validity = take_element(rest, V_ASN1_SEQUENCE);
  std::optional<Asn1Element> subject = take_element(rest, V_ASN1_SEQUENCE);
  std::optional<Asn1Element> key = take_element(rest, V_ASN1_SEQUENCE);
  if (!issuer || !validity || !subject || !key) return std::nullopt;

  std::string_view times = validity->content;
  std::optional<UtcTime> from = take_time(times);
  std::optional<UtcTime> until = take_time(times);
  if (!from || !until) return std::nullopt;
  return CertificateOutline{.serial = serial->content,
                            .issuer = issuer->whole,
                            .subject = subject->whole,
                            .key = key->whole,
                            .not_before = *from,
                            .not_after = *until};
}

Certificate certificate_from(std::string_view der) {
  const unsigned char* at = raw_bytes(der);
  Certificate certificate(d2i_X509(nullptr, &at, long(der.size())));
  ERR_clear_error();
  return certificate && at == raw_bytes(der) + der.size() ? std::move(certificate) : nullptr;
}

std::string der_of(const X509& certificate) {
  unsigned char* bytes = nullptr;
  int size = i2d_X509(&certificate, &bytes);
  if (size < 0) return {};
  std::string der(reinterpret_cast<char*>(bytes), std::size_t(size));
  OPENSSL_free(bytes);
  return der;
}

std::string name_text(std::string_view der) {
  const unsigned char* at = raw_bytes(der);
  Owned<X509_NAME, X509_NAME_free> name(d2i_X509_NAME(nullptr, &at, long(der.size())));
  ERR_clear_error();
  if (!name) return {};
  Bytes out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name.get(), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return {data, std::size_t(size)};
}

std::string hashed_name(const X509& certificate) {
  std::array<char, 9> text{};
  unsigned long hash = X509_NAME_hash_ex(X509_get_subject_name(&certificate), nullptr, nullptr, nullptr);
  std::snprintf(text.data(), text.size(), "%08lx", hash & 0xffffffffUL);
  return text.data();
}

}  // namespace pforte::crypto
