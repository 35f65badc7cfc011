#include "pki/certificate.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/failure.h"
#include "pki/certificate_file.h"
#include "pki/decoded.h"

namespace pforte::pki {
namespace {

using PssParameters = crypto::Owned<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free>;

// "YYMMDDhhmmssZ" or "YYYYMMDDhhmmssZ" (RFC 5280, 4.1.2.5).
std::optional<Instant> instant_of(std::string_view text, bool generalized) {
  using namespace std::chrono;
  std::size_t year_digits = generalized ? 4 : 2;
  if (text.size() != year_digits + 11 || !text.ends_with('Z')) return std::nullopt;
  text.remove_suffix(1);
  if (text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (char c : text.substr(at, digits)) value = value * 10 + (c - '0');
    return value;
  };
  int number_of_year = number(0, year_digits);
  if (!generalized) number_of_year += number_of_year < 50 ? 2000 : 1900;
  auto rest = [&](std::size_t index) { return number(year_digits + 2 * index, 2); };
  year_month_day date(year(number_of_year), month(unsigned(rest(0))), day(unsigned(rest(1))));
  if (!date.ok() || rest(2) > 23 || rest(3) > 59 || rest(4) > 59) return std::nullopt;
  return sys_days(date) + hours(rest(2)) + minutes(rest(3)) + seconds(rest(4));
}

KeyType key_type_of(int nid) {
  switch (nid) {
    case NID_rsaEncryption:
    case NID_rsassaPss:
      return KeyType::Rsa;
    case NID_X9_62_id_ecPublicKey:
      return KeyType::Ec;
    case NID_dsa:
    case NID_dsa_2:
      return KeyType::Dsa;
    case NID_ED25519:
    case NID_ED448:
      return KeyType::Edwards;
    default:
      return KeyType::Other;
  }
}

Digest digest_of(int nid) {
  switch (nid) {
    case NID_md2:
    case NID_md4:
    case NID_md5:
    case NID_ripemd160:
      return Digest::Broken;
    case NID_sha1:
      return Digest::Sha1;
    case NID_undef:
      return Digest::Unknown;
    default:
      return Digest::Sound;
  }
}

// SHA-1 where the parameters do not name a hash function (RFC 4055, 3.1).
int pss_digest(const X509_ALGOR* algorithm) {
  const void* value = nullptr;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return NID_sha1;
  const auto* text = static_cast<const ASN1_STRING*>(value);
  const unsigned char* at = ASN1_STRING_get0_data(text);
  PssParameters parameters(d2i_RSA_PSS_PARAMS(nullptr, &at, ASN1_STRING_length(text)));
  if (!parameters) return NID_undef;
  if (!parameters->hashAlgorithm) return NID_sha1;
  return OBJ_obj2nid(parameters->hashAlgorithm->algorithm);
}

KeyFacts key_of(const X509& x509) {
  KeyFacts facts;
  X509_ALGOR* algorithm = nullptr;
  X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &algorithm, X509_get_X509_PUBKEY(&x509));
  const ASN1_OBJECT* id = nullptr;
  const void* value = nullptr;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(&id, &type, &value, algorithm);
  KeyType key_type = key_type_of(OBJ_obj2nid(id));
  if (key_type == KeyType::Ec && type == V_ASN1_OBJECT)
    facts.curve = OBJ_nid2sn(OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(value)));
  facts.explicit_curve = key_type == KeyType::Ec && type == V_ASN1_SEQUENCE;
  facts.inherits = key_type == KeyType::Dsa && type != V_ASN1_SEQUENCE;
  const EVP_PKEY* key = X509_get0_pubkey(&x509);
  if (!key) return facts;
  facts.type = key_type;
  facts.bits = unsigned(std::max(EVP_PKEY_get_bits(key), 0));
  return facts;
}

}  // namespace

std::string_view view_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), std::size_t(ASN1_STRING_length(text))};
}

std::string id_of(const ASN1_OBJECT* object) {
  return {reinterpret_cast<const char*>(OBJ_get0_data(object)), OBJ_length(object)};
}

std::optional<Instant> time_of(const ASN1_TIME* time, bool& unusual) {
  if (!time) return std::nullopt;
  bool generalized = ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME;
  std::optional<Instant> instant = instant_of(view_of(time), generalized);
  using namespace std::chrono;
  if (instant && generalized && *instant < sys_days(2050y / January / 1)) unusual = true;
  return instant;
}

SignatureFacts signature_of(const X509_ALGOR* inner, const X509_ALGOR* outer) {
  SignatureFacts facts;
  const ASN1_OBJECT* id = nullptr;
  X509_ALGOR_get0(&id, nullptr, nullptr, outer);
  int nid = OBJ_obj2nid(id), digest = NID_undef, key = NID_undef;
  std::array<char, 80> name{};
  OBJ_obj2txt(name.data(), int(name.size()), id, 0);
  facts.name = name.data();
  facts.outer_differs = X509_ALGOR_cmp(inner, outer) != 0;
  if (OBJ_find_sigid_algs(nid, &digest, &key) != 1) return facts;
  facts.key = key_type_of(key);
  if (nid == NID_rsassaPss) digest = pss_digest(outer);
  facts.digest = facts.key == KeyType::Edwards ? Digest::Sound : digest_of(digest);
  return facts;
}

const Extension* Certificate::find_extension(std::string_view id) const {
  auto found = std::ranges::find(extensions, id, &Extension::id);
  return found == extensions.end() ? nullptr : &*found;
}

std::string Certificate::sha256() const {
  crypto::Sha256 digest = crypto::sha256(der);
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string Certificate::serial_text() const {
  return to_hex(serial);
}

Result<Certificate> read_certificate(std::string der, std::string_view source) {
  Certificate certificate;
  certificate.der = std::move(der);
  const auto* at = reinterpret_cast<const unsigned char*>(certificate.der.data());
  ERR_clear_error();
  crypto::Certificate x509(d2i_X509(nullptr, &at, long(certificate.der.size())));
  if (!x509) {
    return fail(Kind::Invalid, "certificate.damaged",
                cat(source, ": this is not a certificate: ", crypto::openssl_reason()));
  }
  const X509& x = *x509;
  certificate.version = int(X509_get_version(&x)) + 1;
  int size = i2d_ASN1_INTEGER(X509_get0_serialNumber(&x), nullptr);
  std::vector<unsigned char> serial(std::size_t(std::max(size, 0)));
  unsigned char* into = serial.data();
  if (size > 2) i2d_ASN1_INTEGER(X509_get0_serialNumber(&x), &into);
  if (size > 2) certificate.serial.assign(serial.begin() + (size > 129 ? 3 : 2), serial.end());
  certificate.issuer = name_of(X509_get_issuer_name(&x));
  certificate.subject = name_of(X509_get_subject_name(&x));
  certificate.not_before = time_of(X509_get0_notBefore(&x), certificate.unusual_times);
  certificate.not_after = time_of(X509_get0_notAfter(&x), certificate.unusual_times);
  certificate.key = key_of(x);
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, &x);
  certificate.signature = signature_of(X509_get0_tbs_sigalg(&x), outer);
  read_extensions(certificate, x);
  ERR_clear_error();
  certificate.decoded = std::make_shared<const DecodedCertificate>(std::move(x509));
  return certificate;
}

Result<std::vector<Certificate>> load_certificates(const std::string& file) {
  std::vector<std::string> all = TRY(read_certificate_file(file));
  std::vector<Certificate> certificates;
  certificates.reserve(all.size());
  for (std::string& der : all) {
    std::string source = all.size() == 1 ? file : cat(file, ": certificate ", certificates.size() + 1);
    certificates.push_back(TRY(read_certificate(std::move(der), source)));
  }
  return certificates;
}

}  // namespace pforte::pki
