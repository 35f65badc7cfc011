#include "pki/crl.h"

#include <openssl/err.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "crypto/asn1_element.h"
#include "crypto/failure.h"
#include "pki/certificate_file.h"
#include "pki/decoded.h"
#include "pki/decoded_crl.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

using PointPointer = crypto::Owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free>;
using IdentifierPointer = crypto::Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;
using IntegerPointer = crypto::Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using EnumeratedPointer = crypto::Owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free>;
using NamesPointer = crypto::Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::string content_of(const ASN1_INTEGER* number) {
  int size = i2d_ASN1_INTEGER(number, nullptr);
  if (size <= 2) return {};
  std::string der(std::size_t(size), '\0');
  auto* into = reinterpret_cast<unsigned char*>(der.data());
  i2d_ASN1_INTEGER(number, &into);
  return der.substr(size > 129 ? 3 : 2);
}

// Whether the algorithm in the signed part is not the one beside the signature (RFC 5280, 5.1.1.2). OpenSSL keeps the
// former to itself.
bool names_two_algorithms(std::string_view der) {
  std::optional<crypto::Asn1Element> list = crypto::take_element(der, V_ASN1_SEQUENCE);
  if (!list) return true;
  std::string_view rest = list->content;
  std::optional<crypto::Asn1Element> signed_part = crypto::take_element(rest, V_ASN1_SEQUENCE);
  if (!signed_part) return true;
  std::string_view inside = signed_part->content;
  static_cast<void>(crypto::take_element(inside, V_ASN1_INTEGER));
  std::optional<crypto::Asn1Element> inner = crypto::take_element(inside, V_ASN1_SEQUENCE);
  std::optional<crypto::Asn1Element> outer = crypto::take_element(rest, V_ASN1_SEQUENCE);
  return !inner || !outer || inner->whole != outer->whole;
}

bool read_point(Crl& crl, void* value, const X509_NAME* issuer) {
  PointPointer read(static_cast<ISSUING_DIST_POINT*>(value));
  IssuingDistributionPoint& point = crl.point.emplace();
  point.only_user = read->onlyuser != 0;
  point.only_ca = read->onlyCA != 0;
  point.only_attribute = read->onlyattr != 0;
  point.indirect = read->indirectCRL != 0;
  if (read->onlysomereasons) point.reasons = bits_of(read->onlysomereasons) & kAllReasons;
  if (read->distpoint) point.names = names_of(read->distpoint, issuer);
  return int(point.only_user) + int(point.only_ca) + int(point.only_attribute) <= 1;
}

bool read_known(Crl& crl, int nid, void* value, const X509_NAME* issuer) {
  if (!value) return false;
  if (nid == NID_issuing_distribution_point) return read_point(crl, value, issuer);
  if (nid == NID_authority_key_identifier) {
    IdentifierPointer read(static_cast<AUTHORITY_KEYID*>(value));
    if (read->keyid) crl.authority_key = view_of(read->keyid);
    return true;
  }
  IntegerPointer read(static_cast<ASN1_INTEGER*>(value));
  (nid == NID_crl_number ? crl.number : crl.delta_base) = content_of(read.get());
  return true;
}

void read_list_extensions(Crl& crl, const X509_CRL& from) {
  for (int i = 0; i < X509_CRL_get_ext_count(&from); ++i) {
    X509_EXTENSION* extension = X509_CRL_get_ext(&from, i);
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    Extension& made = crl.extensions.emplace_back();
    made.id = id_of(X509_EXTENSION_get_object(extension));
    made.critical = X509_EXTENSION_get_critical(extension) != 0;
    made.known = nid == NID_issuing_distribution_point || nid == NID_authority_key_identifier ||
                 nid == NID_crl_number || nid == NID_delta_crl;
    if (made.known) made.malformed = !read_known(crl, nid, X509V3_EXT_d2i(extension), X509_CRL_get_issuer(&from));
  }
}

// `issuer` holds on from entry to entry (RFC 5280, 5.3.3).
void read_entry_extensions(const X509_REVOKED* from, RevokedCertificate& entry, Crl& crl,
                           std::shared_ptr<const DistinguishedName>& issuer) {
  for (int i = 0; i < X509_REVOKED_get_ext_count(from); ++i) {
    X509_EXTENSION* extension = X509_REVOKED_get_ext(from, i);
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    if (nid == NID_crl_reason) {
      EnumeratedPointer reason(static_cast<ASN1_ENUMERATED*>(X509V3_EXT_d2i(extension)));
      if (reason) entry.reason = int(ASN1_ENUMERATED_get(reason.get()));
    } else if (nid == NID_certificate_issuer) {
      NamesPointer names(static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(extension)));
      std::vector<GeneralName> read = names ? names_of(names.get()) : std::vector<GeneralName>();
      auto directory = std::ranges::find(read, NameForm::Directory, &GeneralName::form);
      if (directory == read.end()) crl.unknown_critical_entry = true;
      if (directory != read.end()) issuer = std::make_shared<const DistinguishedName>(directory->directory);
    } else if (X509_EXTENSION_get_critical(extension) != 0) {
      crl.unknown_critical_entry = true;
    }
  }
}

void read_entries(Crl& crl, X509_CRL& from) {
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(&from);
  std::shared_ptr<const DistinguishedName> issuer;
  int count = entries ? sk_X509_REVOKED_num(entries) : 0;
  crl.revoked.reserve(std::size_t(count));
  for (int i = 0; i < count; ++i) {
    const X509_REVOKED* read = sk_X509_REVOKED_value(entries, i);
    RevokedCertificate& entry = crl.revoked.emplace_back();
    entry.serial = content_of(X509_REVOKED_get0_serialNumber(read));
    bool unusual = false;
    entry.when = time_of(X509_REVOKED_get0_revocationDate(read), unusual).value_or(Instant());
    read_entry_extensions(read, entry, crl, issuer);
    entry.issuer = issuer;
  }
}

}  // namespace

Result<Crl> read_crl(std::string der, std::string_view source) {
  Crl crl;
  crl.der = std::move(der);
  crl.source = source;
  const auto* at = reinterpret_cast<const unsigned char*>(crl.der.data());
  ERR_clear_error();
  crypto::Owned<X509_CRL, X509_CRL_free> x509(d2i_X509_CRL(nullptr, &at, long(crl.der.size())));
  if (!x509) {
    return fail(Kind::Invalid, "crl.damaged",
                cat(source, ": this is not a revocation list: ", crypto::openssl_reason()));
  }
  crl.version = int(X509_CRL_get_version(x509.get())) + 1;
  crl.issuer = name_of(X509_CRL_get_issuer(x509.get()));
  crl.this_update = time_of(X509_CRL_get0_lastUpdate(x509.get()), crl.unusual_times);
  crl.next_update = time_of(X509_CRL_get0_nextUpdate(x509.get()), crl.unusual_times);
  const X509_ALGOR* outer = nullptr;
  X509_CRL_get0_signature(x509.get(), nullptr, &outer);
  crl.signature = signature_of(outer, outer);
  crl.signature.outer_differs = names_two_algorithms(crl.der);
  read_list_extensions(crl, *x509);
  read_entries(crl, *x509);
  ERR_clear_error();
  crl.decoded = std::make_shared<const DecodedCrl>(std::move(x509));
  return crl;
}

Result<std::vector<Crl>> load_crls(const std::string& file) {
  std::vector<std::string> all = TRY(read_crl_file(file));
  std::vector<Crl> crls;
  for (std::string& der : all) {
    std::string source = all.size() == 1 ? file : cat(file, ": list ", crls.size() + 1);
    crls.push_back(TRY(read_crl(std::move(der), source)));
  }
  return crls;
}

}  // namespace pforte::pki
