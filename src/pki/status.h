#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/message.h"
#include "pki/crl.h"
#include "pki/ocsp.h"

namespace pforte::pki {

// What one list or one OCSP response tells of a certificate. Neither good nor revoked: nothing.
struct StatusTold {
  bool good = false;
  std::optional<Instant> revoked = {};  // since when
  int reason = 0;                       // CRLReason (RFC 5280, 5.3.1); 0: not told
  std::optional<Instant> until = {};    // the next one comes until then
  Message why_unknown = {};             // where it is neither
  bool responder_lacks_it = false;      // as the responder itself says
};

// Believes the response as OcspJudgement does, the list as Revocation does; `issuer` is taken for trusted.
StatusTold status_told(const OcspResponse& response, const Certificate& certificate, const Certificate& issuer,
                       Instant at);
StatusTold status_told(const Crl& list, const Certificate& certificate, const Certificate& issuer, Instant at);

// "keyCompromise"; empty: not told, or none that is known.
std::string_view reason_name(int reason);

// The request for the status of one certificate, in DER: by SHA-1 and without a nonce, so that any responder and any
// cache can answer (RFC 5019, 2.1; RFC 6960, 4.1.1). Fails with Kind::Internal (ocsp.unmakeable).
Result<std::string> make_ocsp_request(const Certificate& certificate, const Certificate& issuer);

}  // namespace pforte::pki
