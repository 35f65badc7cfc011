#include "pki/signature.h"

#include <openssl/err.h>

#include <utility>

#include "pki/decoded.h"
#include "pki/decoded_crl.h"
#include "pki/decoded_ocsp.h"

namespace pforte::pki {
namespace {

template <class Verify>
bool verified(const Certificate& issuer, std::span<const Certificate* const> ancestors, Verify verify) {
  EVP_PKEY* key = X509_get0_pubkey(issuer.decoded->x509.get());
  bool holds = key && !issuer.key.inherits && verify(key) == 1;
  for (const Certificate* ancestor : ancestors) {
    if (holds || !key || !issuer.key.inherits) break;
    crypto::PrivateKey complete(EVP_PKEY_dup(key));
    const EVP_PKEY* from = X509_get0_pubkey(ancestor->decoded->x509.get());
    bool copied = complete && from && EVP_PKEY_copy_parameters(complete.get(), from) == 1;
    holds = copied && verify(complete.get()) == 1;
  }
  ERR_clear_error();
  return holds;
}

}  // namespace

bool is_signed_by(const Certificate& certificate, const Certificate& issuer,
                  std::span<const Certificate* const> ancestors) {
  return verified(issuer, ancestors, [&](EVP_PKEY* key) { return X509_verify(certificate.decoded->x509.get(), key); });
}

bool is_signed_by(const Crl& crl, const Certificate& issuer, std::span<const Certificate* const> ancestors) {
  return verified(issuer, ancestors, [&](EVP_PKEY* key) { return X509_CRL_verify(crl.decoded->x509.get(), key); });
}

bool is_signed_by(const OcspResponse& response, const Certificate& signer) {
  OCSP_BASICRESP* basic = response.decoded->basic.get();
  return verified(signer, {}, [&](EVP_PKEY* key) {
    return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                            OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata(basic), key);
  });
}

bool same_key(const Certificate& a, const Certificate& b) {
  const EVP_PKEY* key_a = X509_get0_pubkey(a.decoded->x509.get());
  const EVP_PKEY* key_b = X509_get0_pubkey(b.decoded->x509.get());
  return key_a && key_b && EVP_PKEY_eq(key_a, key_b) == 1;
}

}  // namespace pforte::pki
