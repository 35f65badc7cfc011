#include "crypto/certificate_making.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstddef>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/random.h"
#include "crypto/signing.h"

namespace pforte::crypto {
namespace {

using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;

std::unexpected<Error> unmakeable(std::string_view what) {
  return fail(Kind::Internal, "certificate.unmakeable", cat("making a certificate: ", what, ": ", openssl_reason()));
}

bool set_serial(X509& x, const std::string& serial) {
  Owned<BIGNUM, BN_free> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), int(serial.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&x)) != nullptr;
}

bool set_validity(X509& x, UtcTime from, UtcTime until) {
  using std::chrono::system_clock;
  return ASN1_TIME_set(X509_getm_notBefore(&x), system_clock::to_time_t(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(&x), system_clock::to_time_t(until)) != nullptr;
}

// `value` is ours alone: commas and colons in it have a meaning.
bool add_text(X509& x, const X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, const_cast<X509*>(issuer ? issuer : &x), &x, nullptr, nullptr, 0);
  Extension made(X509V3_EXT_nconf_nid(nullptr, &context, id, value.c_str()));
  return made && X509_add_ext(&x, made.get(), -1) == 1;
}

bool add_names(X509& x, const CertificateContent& content) {
  if (content.names.empty()) return true;
  GeneralNames names = general_names(content.names);
  return names && X509_add1_ext_i2d(&x, NID_subject_alt_name, names.get(), content.subject.empty() ? 1 : 0, 0) == 1;
}

bool add_subtrees(STACK_OF(GENERAL_SUBTREE) * *list, const std::vector<AlternativeName>& names) {
  if (names.empty()) return true;
  if (!*list) *list = sk_GENERAL_SUBTREE_new_null();
  for (const AlternativeName& name : names) {
    GENERAL_SUBTREE* tree = GENERAL_SUBTREE_new();
    GENERAL_NAME* base = general_name(name);
    if (!*list || !tree || !base || sk_GENERAL_SUBTREE_push(*list, tree) == 0) {
      GENERAL_SUBTREE_free(tree);
      GENERAL_NAME_free(base);
      return false;
    }
    GENERAL_NAME_free(tree->base);
    tree->base = base;
  }
  return true;
}

bool add_constraints(X509& x, const CertificateContent& content) {
  if (content.permitted.empty() && content.excluded.empty()) return true;
  Owned<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free> made(NAME_CONSTRAINTS_new());
  return made && add_subtrees(&made->permittedSubtrees, content.permitted) &&
         add_subtrees(&made->excludedSubtrees, content.excluded) &&
         X509_add1_ext_i2d(&x, NID_name_constraints, made.get(), 1, 0) == 1;
}

GENERAL_NAME* url_name(const std::string& url) {
  return general_name({.form = AlternativeName::Form::Uri, .value = url});
}

bool add_crl_url(X509& x, const std::string& url) {
  if (url.empty()) return true;
  Owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free> points(CRL_DIST_POINTS_new());
  DIST_POINT* point = DIST_POINT_new();
  if (!points || !point || sk_DIST_POINT_push(points.get(), point) == 0) {
    DIST_POINT_free(point);
    return false;
  }
  point->distpoint = DIST_POINT_NAME_new();
  if (!point->distpoint) return false;
  point->distpoint->type = 0;  // a full name
  GeneralNames names = general_names({{.form = AlternativeName::Form::Uri, .value = url}});
  point->distpoint->name.fullname = names.release();
  return point->distpoint->name.fullname && X509_add1_ext_i2d(&x, NID_crl_distribution_points, points.get(), 0, 0) == 1;
}

bool add_access(AUTHORITY_INFO_ACCESS& list, int method, const std::string& url) {
  if (url.empty()) return true;
  ACCESS_DESCRIPTION* access = ACCESS_DESCRIPTION_new();
  GENERAL_NAME* location = url_name(url);
  if (!access || !location || sk_ACCESS_DESCRIPTION_push(&list, access) == 0) {
    ACCESS_DESCRIPTION_free(access);
    GENERAL_NAME_free(location);
    return false;
  }
  ASN1_OBJECT_free(access->method);
  access->method = OBJ_nid2obj(method);
  GENERAL_NAME_free(access->location);
  access->location = location;
  return true;
}

bool add_information(X509& x, const CertificateContent& content) {
  if (content.ocsp_url.empty() && content.issuer_url.empty()) return true;
  Owned<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free> list(AUTHORITY_INFO_ACCESS_new());
  return list && add_access(*list, NID_ad_OCSP, content.ocsp_url) &&
         add_access(*list, NID_ad_ca_issuers, content.issuer_url) &&
         X509_add1_ext_i2d(&x, NID_info_access, list.get(), 0, 0) == 1;
}

bool add_raw(X509& x, const RawExtension& raw) {
  Owned<ASN1_OBJECT, ASN1_OBJECT_free> id(OBJ_txt2obj(raw.id.c_str(), 1));
  Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> value(ASN1_OCTET_STRING_new());
  if (!id || !value || ASN1_STRING_set(value.get(), raw.der.data(), int(raw.der.size())) != 1) return false;
  Extension made(X509_EXTENSION_create_by_OBJ(nullptr, id.get(), raw.critical ? 1 : 0, value.get()));
  return made && X509_add_ext(&x, made.get(), -1) == 1;
}

std::string basic_constraints(const CertificateContent& content) {
  if (!content.authority) return "critical,CA:FALSE";
  return content.path_length ? cat("critical,CA:TRUE,pathlen:", *content.path_length) : "critical,CA:TRUE";
}

bool add_extensions(X509& x, const CertificateContent& content, const X509* issuer) {
  bool good = add_text(x, issuer, NID_subject_key_identifier, "hash");
  if (issuer) good = good && add_text(x, issuer, NID_authority_key_identifier, "keyid:always");
  good = good && add_text(x, issuer, NID_basic_constraints, basic_constraints(content)) &&
         add_text(x, issuer, NID_key_usage, "critical," + content.key_usage);
  if (!content.extended_key_usage.empty())
    good = good && add_text(x, issuer, NID_ext_key_usage, content.extended_key_usage);
  good = good && add_names(x, content) && add_constraints(x, content) && add_crl_url(x, content.crl_url) &&
         add_information(x, content);
  for (const RawExtension& raw : content.more) good = good && add_raw(x, raw);
  return good;
}

}  // namespace

std::string random_serial() {
  std::string serial = random_bytes(16);
  serial[0] = char((serial[0] & 0x7f) | 0x40);
  return serial;
}

Result<Certificate> make_certificate(const CertificateContent& content, EVP_PKEY& key, const Signer& signer) {
  ERR_clear_error();
  Certificate made(X509_new());
  Owned<X509_NAME, X509_NAME_free> subject = x509_name(content.subject);
  if (!made || !subject) return unmakeable("its subject");
  X509& x = *made;
  const X509_NAME* issuer = signer.certificate ? X509_get_subject_name(signer.certificate) : subject.get();
  bool good = X509_set_version(&x, X509_VERSION_3) == 1 && set_serial(x, content.serial) &&
              set_validity(x, content.not_before, content.not_after) && X509_set_subject_name(&x, subject.get()) == 1 &&
              X509_set_issuer_name(&x, issuer) == 1 && X509_set_pubkey(&x, &key) == 1;
  if (!good) return unmakeable("its dates or its key");
  if (!add_extensions(x, content, signer.certificate)) return unmakeable("its names or extensions");
  if (X509_sign(&x, &signer.key, digest_for(signer.key)) <= 0) return unmakeable("its signature");
  return made;
}

}  // namespace pforte::crypto
