#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/certificate_making.h"

namespace pforte::crypto {

// Which certificate an OCSP client asks about (CertID, RFC 6960, 4.1.1).
struct OcspId {
  std::string der;     // as it was sent; goes back in the answer
  std::string serial;  // big-endian, without leading zeros
};

struct OcspRequest {
  std::vector<OcspId> ids;           // 1 to 16
  std::optional<std::string> nonce;  // 1 to 128 bytes (RFC 9654, 2.1)
};

// Reads the DER of a request; whether it is signed does not matter. Fails with Kind::Invalid (ocsp.malformed).
Result<OcspRequest> read_ocsp_request(std::string_view der);

// Whether the certificate that is asked about is one of this issuer, by SHA-1, SHA-256, SHA-384 or SHA-512.
bool is_issued_by(const OcspId& id, const X509& issuer);

// The identifier of a certificate by SHA-1, as most clients send it.
std::string ocsp_id_of(const X509& certificate, const X509& issuer);

// What is known of a certificate (RFC 6960, 2.2).
struct OcspStatus {
  enum class State : std::uint8_t { Good, Revoked, Unknown };
  State state = State::Unknown;
  UtcTime revoked = {};
  int reason = 0;  // CRLReason
};

struct OcspContent {
  struct One {
    OcspId id;
    OcspStatus status;
  };
  std::vector<One> all = {};
  UtcTime this_update = {}, next_update = {};
  std::optional<std::string> nonce = {};
};

// An answer in DER, signed by the issuer itself. Fails with Kind::Internal (ocsp.unmakeable).
Result<std::string> make_ocsp_answer(const OcspContent& content, const Signer& issuer);

// Answers that are not signed (RFC 6960, 4.2.1).
enum class OcspRefusal : std::uint8_t { Malformed = 1, Internal = 2, TryLater = 3, Unauthorized = 6 };
std::string ocsp_refusal(OcspRefusal refusal);

}  // namespace pforte::crypto
