#include "crypto/ocsp_making.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <chrono>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/signing.h"

namespace pforte::crypto {
namespace {

constexpr int kMostOcspIds = 16;
constexpr std::size_t kLongestNonce = 128;

using DecodedRequest = Owned<OCSP_REQUEST, OCSP_REQUEST_free>;
using CertId = Owned<OCSP_CERTID, OCSP_CERTID_free>;
using GeneralizedTime = Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>;

std::unexpected<Error> malformed(std::string_view why) {
  ERR_clear_error();
  return fail(Kind::Invalid, "ocsp.malformed", cat("the OCSP request ", why));
}

template <class T, auto kEncode>
std::string encoded(const T* value) {
  unsigned char* der = nullptr;
  int size = kEncode(value, &der);
  std::string bytes(reinterpret_cast<const char*>(der), std::size_t(size > 0 ? size : 0));
  OPENSSL_free(der);
  return bytes;
}

CertId decoded_id(const OcspId& id) {
  const auto* at = reinterpret_cast<const unsigned char*>(id.der.data());
  return CertId(d2i_OCSP_CERTID(nullptr, &at, long(id.der.size())));
}

std::string serial_of(OCSP_CERTID& id) {
  ASN1_INTEGER* serial = nullptr;
  OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, &id);
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)), std::size_t(ASN1_STRING_length(serial))};
}

// False: there is one, and it is none that may be.
bool read_nonce(OCSP_REQUEST& request, std::optional<std::string>& nonce) {
  int at = OCSP_REQUEST_get_ext_by_NID(&request, NID_id_pkix_OCSP_Nonce, -1);
  if (at < 0) return true;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(&request, at));
  const unsigned char* begin = ASN1_STRING_get0_data(value);
  Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> inner(
      d2i_ASN1_OCTET_STRING(nullptr, &begin, ASN1_STRING_length(value)));
  if (!inner || begin != ASN1_STRING_get0_data(value) + ASN1_STRING_length(value)) return false;
  nonce.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(inner.get())),
                std::size_t(ASN1_STRING_length(inner.get())));
  return !nonce->empty() && nonce->size() <= kLongestNonce;
}

GeneralizedTime generalized(UtcTime when) {
  return GeneralizedTime(ASN1_GENERALIZEDTIME_set(nullptr, std::chrono::system_clock::to_time_t(when)));
}

bool add_status(OCSP_BASICRESP& answer, const OcspContent::One& one, const OcspContent& content) {
  CertId id = decoded_id(one.id);
  GeneralizedTime from = generalized(content.this_update), until = generalized(content.next_update);
  if (!id || !from || !until) return false;
  using State = OcspStatus::State;
  if (one.status.state != State::Revoked) {
    int state = one.status.state == State::Good ? V_OCSP_CERTSTATUS_GOOD : V_OCSP_CERTSTATUS_UNKNOWN;
    return OCSP_basic_add1_status(&answer, id.get(), state, 0, nullptr, from.get(), until.get()) != nullptr;
  }
  GeneralizedTime when = generalized(one.status.revoked);
  int reason = one.status.reason == 0 ? OCSP_REVOKED_STATUS_NOSTATUS : one.status.reason;
  return when && OCSP_basic_add1_status(&answer, id.get(), V_OCSP_CERTSTATUS_REVOKED, reason, when.get(), from.get(),
                                        until.get()) != nullptr;
}

bool add_nonce(OCSP_BASICRESP& answer, const std::optional<std::string>& nonce) {
  if (!nonce) return true;
  std::string bytes = *nonce;
  return OCSP_basic_add1_nonce(&answer, reinterpret_cast<unsigned char*>(bytes.data()), int(bytes.size())) == 1;
}

}  // namespace

Result<OcspRequest> read_ocsp_request(std::string_view der) {
  ERR_clear_error();
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  DecodedRequest decoded(d2i_OCSP_REQUEST(nullptr, &at, long(der.size())));
  if (!decoded || at != reinterpret_cast<const unsigned char*>(der.data()) + der.size())
    return malformed("is not DER of RFC 6960");
  int count = OCSP_request_onereq_count(decoded.get());
  if (count < 1 || count > kMostOcspIds) return malformed("asks about no certificate, or about too many");
  OcspRequest request{.ids = {}, .nonce = {}};
  for (int i = 0; i < count; ++i) {
    OCSP_CERTID* id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(decoded.get(), i));
    request.ids.push_back({.der = encoded<OCSP_CERTID, i2d_OCSP_CERTID>(id), .serial = serial_of(*id)});
  }
  if (!read_nonce(*decoded, request.nonce)) return malformed("has a nonce that is none (RFC 9654, 2.1)");
  ERR_clear_error();
  return request;
}

bool is_issued_by(const OcspId& id, const X509& issuer) {
  CertId asked = decoded_id(id);
  ASN1_OBJECT* algorithm = nullptr;
  if (asked) OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, asked.get());
  const EVP_MD* digest = algorithm ? EVP_get_digestbyobj(algorithm) : nullptr;
  bool usable = false;
  for (int known : {NID_sha1, NID_sha256, NID_sha384, NID_sha512})
    usable = usable || (digest && EVP_MD_is_a(digest, OBJ_nid2sn(known)) == 1);
  CertId ours(usable ? OCSP_cert_to_id(digest, nullptr, &issuer) : nullptr);
  bool same = ours && OCSP_id_issuer_cmp(ours.get(), asked.get()) == 0;
  ERR_clear_error();
  return same;
}

std::string ocsp_id_of(const X509& certificate, const X509& issuer) {
  CertId id(OCSP_cert_to_id(nullptr, &certificate, &issuer));
  return id ? encoded<OCSP_CERTID, i2d_OCSP_CERTID>(id.get()) : std::string();
}

Result<std::string> make_ocsp_answer(const OcspContent& content, const Signer& issuer) {
  ERR_clear_error();
  OcspBasic basic(OCSP_BASICRESP_new());
  bool good = basic != nullptr;
  for (const OcspContent::One& one : content.all) good = good && add_status(*basic, one, content);
  good = good && add_nonce(*basic, content.nonce) &&
         OCSP_basic_sign(basic.get(), const_cast<X509*>(issuer.certificate), &issuer.key, digest_for(issuer.key),
                         nullptr, OCSP_NOCERTS | OCSP_RESPID_KEY) == 1;
  OcspAnswer answer(good ? OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()) : nullptr);
  if (!answer) return fail(Kind::Internal, "ocsp.unmakeable", cat("making an OCSP answer: ", openssl_reason()));
  return encoded<OCSP_RESPONSE, i2d_OCSP_RESPONSE>(answer.get());
}

std::string ocsp_refusal(OcspRefusal refusal) {
  OcspAnswer answer(OCSP_response_create(int(refusal), nullptr));
  return answer ? encoded<OCSP_RESPONSE, i2d_OCSP_RESPONSE>(answer.get()) : std::string();
}

}  // namespace pforte::crypto
