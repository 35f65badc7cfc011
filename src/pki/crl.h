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

// The object of OpenSSL that a list was read from; signature.cc alone looks inside.
struct DecodedCrl;

// The value of the reasonCode extension that takes an entry back (RFC 5280, 5.3.1).
constexpr int kRemovedFromCrl = 8;

struct RevokedCertificate {
  std::string serial;  // as Certificate has it
  Instant when;
  int reason = 0;  // CRLReason; 0: not told
  // Of an indirect list. None: the list's own issuer.
  std::shared_ptr<const DistinguishedName> issuer;
};

// Which certificates a list speaks of (RFC 5280, 5.2.5).
struct IssuingDistributionPoint {
  std::vector<GeneralName> names;
  bool only_user = false, only_ca = false, only_attribute = false, indirect = false;
  std::optional<std::uint16_t> reasons;  // none: all
};

// A certificate revocation list (RFC 5280, 5), read once into plain values.
struct Crl {
  std::string der;
  std::string source;  // what messages call it
  int version = 2;
  DistinguishedName issuer;
  std::optional<Instant> this_update, next_update;
  bool unusual_times = false;
  SignatureFacts signature;
  std::vector<Extension> extensions;
  std::optional<std::string> authority_key;
  std::optional<std::string> number;      // of this list, DER content of an INTEGER
  std::optional<std::string> delta_base;  // of the list that this one completes
  std::optional<IssuingDistributionPoint> point;
  std::vector<RevokedCertificate> revoked;
  bool unknown_critical_entry = false;  // some entry has a critical extension that is not known
  std::shared_ptr<const DecodedCrl> decoded;
};

// Fails with Kind::Invalid and crl.damaged when the bytes are no list at all.
Result<Crl> read_crl(std::string der, std::string_view source);

// All lists of a file, see read_crl_file().
Result<std::vector<Crl>> load_crls(const std::string& file);

}  // namespace pforte::pki
