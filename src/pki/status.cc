#include "pki/status.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "crypto/failure.h"
#include "pki/decoded.h"
#include "pki/ocsp_judgement.h"
#include "pki/revocation.h"

namespace pforte::pki {
namespace {

using StatusRequest = crypto::Owned<OCSP_REQUEST, OCSP_REQUEST_free>;
using StatusId = crypto::Owned<OCSP_CERTID, OCSP_CERTID_free>;

// RFC 5280, 5.3.1; 7 is not used.
constexpr auto kReasonNames = std::to_array<std::string_view>(
    {"", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold",
     "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"});

Wanted wanted_at(Instant at) {
  return {.at = at, .purpose = Purpose::Any, .names = {}};
}

std::unexpected<Error> no_request() {
  return fail(Kind::Internal, "ocsp.unmakeable", cat("making an OCSP request: ", crypto::openssl_reason()));
}

}  // namespace

StatusTold status_told(const OcspResponse& response, const Certificate& certificate, const Certificate& issuer,
                       Instant at) {
  const Certificate* trusted = &issuer;
  const OcspResponse* only = &response;
  CertificatePool pool({}, std::span(&trusted, 1));
  SignatureChecks signatures(pool);
  Wanted wanted = wanted_at(at);
  OcspJudgement judgement(std::span(&only, 1), wanted, signatures);
  const OcspTold& told = judgement.about(certificate, issuer);
  StatusTold status{.good = told.good && !told.revoked, .revoked = told.revoked, .why_unknown = told.why_unknown};
  status.responder_lacks_it = told.responder_lacks_it && !told.good && !told.revoked;
  if (response.status != 0) return status;
  for (const OcspAnswer* answer : answers_about(response, certificate, issuer)) {
    if (answer->status == OcspStatus::Revoked) status.reason = answer->reason;
    status.until = answer->next_update;
  }
  return status;
}

StatusTold status_told(const Crl& list, const Certificate& certificate, const Certificate& issuer, Instant at) {
  const Certificate* trusted = &issuer;
  CertificatePool pool({}, std::span(&trusted, 1));
  SignatureChecks signatures(pool);
  Question question{
      .leaf = certificate, .untrusted = {}, .trusted = {trusted}, .crls = {&list}, .wanted = wanted_at(at)};
  Findings findings(Profile::Rfc5280);
  Revocation(question, pool, signatures).check({&certificate, &issuer}, findings);
  StatusTold status{.good = true, .until = list.next_update};
  auto entry = std::ranges::find_if(list.revoked, [&](const RevokedCertificate& one) {
    return one.serial == certificate.serial && (one.issuer ? *one.issuer : list.issuer) == certificate.issuer;
  });
  for (const Finding& finding : findings.all()) {
    bool revoked = finding.rule->id == "cert.revoked" && entry != list.revoked.end();
    if (revoked) {
      status.revoked = entry->when;
      status.reason = entry->reason;
    }
    if (finding.rule->id == "cert.revocation-unknown") status.why_unknown = finding.detail;
    if (finding.level == Level::Error) status.good = false;
  }
  bool set_aside =
      std::ranges::any_of(findings.all(), [](const Finding& one) { return one.rule->id == "crl.unusable"; });
  if (set_aside)
    status.why_unknown = {cat(list.source, ": it is not written as the standard has it"),
                          cat(list.source, ": sie ist nicht so geschrieben, wie der Standard es verlangt")};
  return status;
}

std::string_view reason_name(int reason) {
  return reason > 0 && std::size_t(reason) < kReasonNames.size() ? kReasonNames[std::size_t(reason)] : "";
}

Result<std::string> make_ocsp_request(const Certificate& certificate, const Certificate& issuer) {
  ERR_clear_error();
  StatusRequest request(OCSP_REQUEST_new());
  StatusId id(OCSP_cert_to_id(EVP_sha1(), certificate.decoded->x509.get(), issuer.decoded->x509.get()));
  if (!request || !id) return no_request();
  OCSP_CERTID* given = id.release();
  if (OCSP_request_add0_id(request.get(), given) == nullptr) {
    id.reset(given);
    return no_request();
  }
  unsigned char* der = nullptr;
  int size = i2d_OCSP_REQUEST(request.get(), &der);
  if (size <= 0) return no_request();
  std::string bytes(reinterpret_cast<const char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace pforte::pki
