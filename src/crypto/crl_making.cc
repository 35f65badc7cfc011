#include "crypto/crl_making.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstddef>
#include <tuple>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/pem_blocks.h"
#include "crypto/signing.h"

namespace pforte::crypto {
namespace {

using List = Owned<X509_CRL, X509_CRL_free>;
using Time = Owned<ASN1_TIME, ASN1_TIME_free>;
using Integer = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;

Time time_at(UtcTime when) {
  return Time(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(when)));
}

bool add_reason(X509_REVOKED& entry, int reason) {
  if (reason == 0) return true;  // RFC 5280, 5.3.1: not told instead of "unspecified"
  Owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> code(ASN1_ENUMERATED_new());
  return code && ASN1_ENUMERATED_set(code.get(), reason) == 1 &&
         X509_REVOKED_add1_ext_i2d(&entry, NID_crl_reason, code.get(), 0, 0) == 1;
}

bool add_entry(X509_CRL& list, const RevokedEntry& revoked) {
  Owned<BIGNUM, BN_free> number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(revoked.serial.data()), int(revoked.serial.size()), nullptr));
  Integer serial(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
  Time when = time_at(revoked.when);
  Owned<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
  bool good = serial && when && entry && X509_REVOKED_set_serialNumber(entry.get(), serial.get()) == 1 &&
              X509_REVOKED_set_revocationDate(entry.get(), when.get()) == 1 && add_reason(*entry, revoked.reason) &&
              X509_CRL_add0_revoked(&list, entry.get()) == 1;
  if (good) std::ignore = entry.release();  // the list owns it
  return good;
}

bool add_extensions_of_list(X509_CRL& list, const CrlContent& content, const X509* issuer) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), nullptr, nullptr, &list, 0);
  Owned<X509_EXTENSION, X509_EXTENSION_free> key_id(
      X509V3_EXT_nconf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  Integer number(ASN1_INTEGER_new());
  return key_id && X509_CRL_add_ext(&list, key_id.get(), -1) == 1 && number &&
         ASN1_INTEGER_set_uint64(number.get(), content.number) == 1 &&
         X509_CRL_add1_ext_i2d(&list, NID_crl_number, number.get(), 0, 0) == 1;
}

}  // namespace

Result<std::string> make_crl(const CrlContent& content, const Signer& signer) {
  ERR_clear_error();
  List list(X509_CRL_new());
  Time from = time_at(content.this_update), until = time_at(content.next_update);
  bool good = list && from && until && X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(signer.certificate)) == 1 &&
              X509_CRL_set1_lastUpdate(list.get(), from.get()) == 1 &&
              X509_CRL_set1_nextUpdate(list.get(), until.get()) == 1 &&
              add_extensions_of_list(*list, content, signer.certificate);
  for (const RevokedEntry& revoked : content.revoked) good = good && add_entry(*list, revoked);
  good = good && X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), &signer.key, digest_for(signer.key)) > 0;
  unsigned char* der = nullptr;
  int size = good ? i2d_X509_CRL(list.get(), &der) : -1;
  if (size <= 0) return fail(Kind::Internal, "crl.unmakeable", cat("making a revocation list: ", openssl_reason()));
  std::string bytes(reinterpret_cast<const char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

std::string crl_pem(std::string_view der) {
  return pem_block(PEM_STRING_X509_CRL, der);
}

}  // namespace pforte::crypto
