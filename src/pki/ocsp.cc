#include "pki/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/pem.h"
#include "pki/decoded.h"
#include "pki/decoded_ocsp.h"

namespace pforte::pki {
namespace {

using CertificateId = crypto::Owned<OCSP_CERTID, OCSP_CERTID_free>;

// Of certificates that come with a response; one is enough.
constexpr int kMostCertificates = 16;

// Responders answer what they are asked, which is one certificate or a few.
constexpr int kMostAnswers = 1000;

std::unexpected<Error> damaged(std::string_view source, std::string_view why) {
  return fail(Kind::Invalid, "ocsp.damaged", cat(source, ": this is not an OCSP response: ", why));
}

std::optional<Instant> optional_time(const ASN1_GENERALIZEDTIME* time) {
  bool unusual = false;
  return time ? time_of(time, unusual) : std::nullopt;
}

template <auto kCount, auto kGet>
bool has_unknown_critical(auto* of) {
  for (int i = 0; i < kCount(of); ++i) {
    if (X509_EXTENSION_get_critical(kGet(of, i)) != 0) return true;
  }
  return false;
}

OcspAnswer answer_of(OCSP_SINGLERESP* single) {
  OcspAnswer answer;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
  int reason = 0;
  int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
  if (status == V_OCSP_CERTSTATUS_GOOD) answer.status = OcspStatus::Good;
  if (status == V_OCSP_CERTSTATUS_REVOKED) answer.status = OcspStatus::Revoked;
  answer.revoked_at = optional_time(revoked);
  answer.reason = std::max(reason, 0);  // -1: not told
  answer.this_update = optional_time(from);
  answer.next_update = optional_time(until);
  answer.unknown_critical = has_unknown_critical<OCSP_SINGLERESP_get_ext_count, OCSP_SINGLERESP_get_ext>(single);
  return answer;
}

void read_responder(OcspResponse& response, const OCSP_BASICRESP* basic) {
  const ASN1_OCTET_STRING* key = nullptr;
  const X509_NAME* name = nullptr;
  OCSP_resp_get0_id(basic, &key, &name);
  if (name) response.responder = name_of(name);
  if (key) response.responder_key = view_of(key);
}

void read_certificates(OcspResponse& response, const OCSP_BASICRESP* basic) {
  const STACK_OF(X509)* all = OCSP_resp_get0_certs(basic);
  int count = all ? sk_X509_num(all) : 0;
  for (int i = 0; i < count && i < kMostCertificates; ++i) {
    unsigned char* der = nullptr;
    int size = i2d_X509(sk_X509_value(all, i), &der);
    if (size <= 0) continue;
    auto read = read_certificate({reinterpret_cast<char*>(der), std::size_t(size)}, response.source);
    OPENSSL_free(der);
    if (read) response.certificates.push_back(*std::move(read));
  }
}

struct IdParts {
  ASN1_OCTET_STRING *name = nullptr, *key = nullptr;
  ASN1_OBJECT* digest = nullptr;
  ASN1_INTEGER* serial = nullptr;

  explicit IdParts(const OCSP_CERTID* id) {
    OCSP_id_get0_info(&name, &digest, &key, &serial, const_cast<OCSP_CERTID*>(id));
  }
};

bool is_about(const OCSP_CERTID* id, X509* certificate, X509* issuer) {
  IdParts told(id);
  const EVP_MD* digest = EVP_get_digestbyobj(told.digest);
  if (!digest) return false;
  CertificateId made(OCSP_cert_to_id(digest, certificate, issuer));
  if (!made) return false;
  IdParts own(made.get());
  return ASN1_OCTET_STRING_cmp(told.name, own.name) == 0 && ASN1_OCTET_STRING_cmp(told.key, own.key) == 0 &&
         ASN1_INTEGER_cmp(told.serial, own.serial) == 0;
}

}  // namespace

Result<OcspResponse> read_ocsp(std::string der, std::string_view source) {
  OcspResponse response;
  response.der = std::move(der);
  response.source = source;
  const auto* at = reinterpret_cast<const unsigned char*>(response.der.data());
  const auto* end = at + response.der.size();
  ERR_clear_error();
  crypto::OcspAnswer whole(d2i_OCSP_RESPONSE(nullptr, &at, long(response.der.size())));
  if (!whole) return damaged(source, crypto::openssl_reason());
  if (at != end) return damaged(source, "something stands behind it");
  response.status = OCSP_response_status(whole.get());
  if (response.status != OCSP_RESPONSE_STATUS_SUCCESSFUL) return response;
  crypto::OcspBasic basic(OCSP_response_get1_basic(whole.get()));
  if (!basic) return damaged(source, crypto::openssl_reason());
  if (OCSP_resp_count(basic.get()) > kMostAnswers) return damaged(source, "it speaks of more than 1,000 certificates");
  read_responder(response, basic.get());
  response.signature = signature_of(OCSP_resp_get0_tbs_sigalg(basic.get()), OCSP_resp_get0_tbs_sigalg(basic.get()));
  read_certificates(response, basic.get());
  for (int i = 0; i < OCSP_resp_count(basic.get()); ++i)
    response.answers.push_back(answer_of(OCSP_resp_get0(basic.get(), i)));
  response.unknown_critical = has_unknown_critical<OCSP_BASICRESP_get_ext_count, OCSP_BASICRESP_get_ext>(basic.get());
  ERR_clear_error();
  response.decoded = std::make_shared<const DecodedOcsp>(std::move(basic));
  return response;
}

Result<OcspResponse> load_ocsp(const std::string& file) {
  return read_ocsp(TRY(crypto::read_file(file)), file);
}

std::vector<const OcspAnswer*> answers_about(const OcspResponse& response, const Certificate& certificate,
                                             const Certificate& issuer) {
  std::vector<const OcspAnswer*> about;
  for (std::size_t i = 0; i < response.answers.size(); ++i) {
    const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(response.decoded->basic.get(), int(i)));
    if (is_about(id, certificate.decoded->x509.get(), issuer.decoded->x509.get()))
      about.push_back(&response.answers[i]);
  }
  ERR_clear_error();
  return about;
}

bool names_as_responder(const OcspResponse& response, const Certificate& certificate) {
  if (response.responder) return *response.responder == certificate.subject;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_pubkey_digest(certificate.decoded->x509.get(), EVP_sha1(), digest.data(), &size) != 1) return false;
  return response.responder_key == std::string_view(reinterpret_cast<const char*>(digest.data()), size);
}

}  // namespace pforte::pki
