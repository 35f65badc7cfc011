#include "crypto/ocsp.h"

#include <openssl/err.h>

#include <ctime>

#include "base/text.h"
#include "crypto/failure.h"

namespace pforte::crypto {

namespace {

using Store = Owned<X509_STORE, X509_STORE_free>;
using CertificateId = Owned<OCSP_CERTID, OCSP_CERTID_free>;

std::unexpected<Error> unfit(std::string_view why) {
  return fail(Kind::Invalid, "ocsp.unfit", cat("the OCSP answer ", why));
}

bool signed_for(OCSP_BASICRESP& answer, const X509& issuer) {
  Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), const_cast<X509*>(&issuer));
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  Owned<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }> issuers(sk_X509_new_null());
  sk_X509_push(issuers.get(), const_cast<X509*>(&issuer));
  bool good = OCSP_basic_verify(&answer, issuers.get(), store.get(), 0) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

Result<UtcTime> check_ocsp_answer(std::string_view der, const X509& leaf, const X509& issuer, UtcTime now) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  OcspAnswer answer(d2i_OCSP_RESPONSE(nullptr, &bytes, long(der.size())));
  ERR_clear_error();
  if (!answer) return unfit("is not DER of RFC 6960");
  if (OCSP_response_status(answer.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return unfit("is an error of the responder");
  OcspBasic basic(OCSP_response_get1_basic(answer.get()));
  if (!basic || !signed_for(*basic, issuer)) return unfit("is not signed for the issuer of the certificate");

  CertificateId id(OCSP_cert_to_id(nullptr, &leaf, &issuer));
  int status = V_OCSP_CERTSTATUS_UNKNOWN;
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  int found = OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, nullptr, &from, &until);
  ERR_clear_error();
  if (found != 1) return unfit("is about another certificate");
  if (status == V_OCSP_CERTSTATUS_REVOKED) return unfit("says that the certificate is revoked");
  if (status != V_OCSP_CERTSTATUS_GOOD) return unfit("does not know the certificate");
  if (from && time_of(from) > now + std::chrono::minutes(5)) return unfit("is not valid yet");
  if (!until) return UtcTime::max();
  if (time_of(until) <= now) return unfit("has expired");
  return time_of(until);
}

}  // namespace pforte::crypto
