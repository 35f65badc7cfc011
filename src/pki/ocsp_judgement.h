#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pki/ocsp.h"
#include "pki/path_search.h"

namespace pforte::pki {

// What OCSP responses tell of one certificate.
struct OcspTold {
  bool good = false;
  std::optional<Instant> revoked;
  bool responder_lacks_it = false;  // the responder itself says that it does not know the certificate
  Message why_unknown;              // where it is neither
};

// Judges certificates by the OCSP responses at hand (RFC 6960, 3.2). A response is believed when the issuer of the
// certificate has signed it, or somebody to whom that issuer has given a certificate for it, with id-kp-OCSPSigning
// (4.2.2.2); such a certificate counts without being asked for its own status, as if it had id-pkix-ocsp-nocheck.
class OcspJudgement {
 public:
  OcspJudgement(std::span<const OcspResponse* const> responses, const Wanted& wanted, SignatureChecks& signatures)
      : responses_(responses), wanted_(wanted), signatures_(signatures) {}

  const OcspTold& about(const Certificate& certificate, const Certificate& issuer);

 private:
  OcspTold ask(const Certificate& certificate, const Certificate& issuer) const;
  std::optional<Message> fault_of(const OcspResponse& response, const Certificate& issuer) const;
  bool may_sign(const Certificate& signer, const Certificate& issuer) const;
  std::optional<Message> fault_of(const OcspAnswer& answer) const;

  std::span<const OcspResponse* const> responses_;
  const Wanted& wanted_;
  SignatureChecks& signatures_;
  std::map<std::pair<const Certificate*, const Certificate*>, OcspTold> known_;
};

}  // namespace pforte::pki
