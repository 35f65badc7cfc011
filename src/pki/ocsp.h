#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pki/certificate.h"

namespace pforte::pki {

// The object of OpenSSL that a response was read from; ocsp.cc and signature.cc alone look inside.
struct DecodedOcsp;

enum class OcspStatus : std::uint8_t { Good, Revoked, Unknown };

// What a response says of one certificate (RFC 6960, 4.2.1: SingleResponse).
struct OcspAnswer {
  OcspStatus status = OcspStatus::Unknown;
  std::optional<Instant> revoked_at;                // of Revoked
  int reason = 0;                                   // of Revoked, a CRLReason; 0: not told
  std::optional<Instant> this_update, next_update;  // none: not told, or not a time
  bool unknown_critical = false;                    // it has a critical extension that is not known
};

// An OCSP response (RFC 6960, 4.2), read once into plain values. Nonces are not asked for, so none is looked at.
struct OcspResponse {
  std::string der;
  std::string source;  // what messages call it
  int status = 0;      // OCSPResponseStatus; 0: successful, and only then there is more
  // Who signed it: by name, or by the SHA-1 of the key.
  std::optional<DistinguishedName> responder;
  std::string responder_key;
  SignatureFacts signature;
  std::vector<Certificate> certificates;  // that came with it
  std::vector<OcspAnswer> answers;
  bool unknown_critical = false;  // the response as a whole has a critical extension that is not known
  std::shared_ptr<const DecodedOcsp> decoded;
};

// Fails with Kind::Invalid and ocsp.damaged when the bytes are no OCSP response at all, only begin with one,
// or speak of more than 1,000 certificates.
Result<OcspResponse> read_ocsp(std::string der, std::string_view source);

// The response that a file is, in DER. Fails as crypto::read_file() and read_ocsp().
Result<OcspResponse> load_ocsp(const std::string& file);

// The answers about a certificate of this issuer: those whose hashes, by whatever function, are of the issuer's name
// and key, and whose serial number is the certificate's (RFC 6960, 4.1.1: CertID).
std::vector<const OcspAnswer*> answers_about(const OcspResponse& response, const Certificate& certificate,
                                             const Certificate& issuer);

// Whether the response says that the owner of this certificate has signed it. Whether that is true, the signature
// tells.
bool names_as_responder(const OcspResponse& response, const Certificate& certificate);

}  // namespace pforte::pki
