#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pki/distinguished_name.h"

namespace pforte::pki {

using Instant = std::chrono::sys_seconds;

// The object of OpenSSL that a value was read from; signature.cc alone looks inside.
struct DecodedCertificate;

enum class NameForm : std::uint8_t { Other, Mail, Dns, X400, Directory, Edi, Uri, Ip, Id };

// A GeneralName (RFC 5280, 4.2.1.6).
struct GeneralName {
  NameForm form = NameForm::Other;
  std::string value;            // text of Mail, Dns and Uri, bytes of Ip, DER of what else has no field of its own
  DistinguishedName directory;  // of Directory
};

// Object identifiers are the content of their DER; see object_id.h.
using ObjectIds = std::vector<std::string>;

struct BasicConstraints {
  bool ca = false;
  std::optional<std::uint32_t> path_length;
};

// Bits of the KeyUsage extension (RFC 5280, 4.2.1.3).
enum KeyUsage : std::uint16_t {
  DigitalSignature = 1 << 0,
  ContentCommitment = 1 << 1,
  KeyEncipherment = 1 << 2,
  DataEncipherment = 1 << 3,
  KeyAgreement = 1 << 4,
  KeyCertSign = 1 << 5,
  CrlSign = 1 << 6,
};

struct NameConstraints {
  std::vector<GeneralName> permitted, excluded;
  bool has_distances = false;  // minimum or maximum, which no profile allows
  bool has_empty = false;      // a list of subtrees without any
};

struct PolicyMapping {
  std::string issuer, subject;
};

struct PolicyConstraints {
  std::optional<std::uint32_t> require_explicit, inhibit_mapping;
};

struct AuthorityKeyIdentifier {
  std::optional<std::string> key;
  bool has_issuer = false, has_serial = false;
};

// The bits of ReasonFlags but "unused" (RFC 5280, 4.2.1.13).
constexpr std::uint16_t kAllReasons = 0x1fe;

// A place where the list that may revoke a certificate is found.
struct DistributionPoint {
  std::vector<GeneralName> names;  // a name relative to the issuer is completed to a Directory
  std::uint16_t reasons = kAllReasons;
  std::vector<GeneralName> crl_issuer;  // empty: the certificate's own
};

enum class KeyType : std::uint8_t { Unreadable, Rsa, Ec, Dsa, Edwards, Other };

struct KeyFacts {
  KeyType type = KeyType::Unreadable;
  unsigned bits = 0;
  std::string curve;            // of Ec: "prime256v1"
  bool explicit_curve = false;  // its parameters are spelled out instead of named
  bool inherits = false;        // Dsa: its parameters are those of the issuer's key
};

enum class Digest : std::uint8_t { Unknown, Broken, Sha1, Sound };

struct SignatureFacts {
  std::string name;  // "ecdsa-with-SHA256"
  Digest digest = Digest::Unknown;
  KeyType key = KeyType::Other;
  bool outer_differs = false;  // from the algorithm inside the signed part
};

// An extension as it stands, known or not.
struct Extension {
  std::string id;
  bool critical = false;
  bool known = false;      // processed here
  bool malformed = false;  // known, and not to be read
};

// A certificate (RFC 5280, 4.1), read once into plain values. What cannot be read of it is told by its fields; rules
// judge.
struct Certificate {
  std::string der;
  int version = 3;
  std::string serial;  // content of the INTEGER, in DER
  DistinguishedName issuer, subject;
  std::optional<Instant> not_before, not_after;  // none: not a time
  bool unusual_times = false;                    // a time in the other of the two types (RFC 5280, 4.1.2.5)
  KeyFacts key;
  SignatureFacts signature;
  std::vector<Extension> extensions;

  std::optional<BasicConstraints> basic_constraints;
  std::optional<std::uint16_t> key_usage;
  std::optional<ObjectIds> extended_key_usage;
  std::optional<std::vector<GeneralName>> alternative_names;
  std::optional<NameConstraints> name_constraints;
  std::optional<ObjectIds> policies;
  std::vector<PolicyMapping> policy_mappings;
  std::optional<PolicyConstraints> policy_constraints;
  std::optional<std::uint32_t> inhibit_any_policy;
  std::optional<AuthorityKeyIdentifier> authority_key;
  std::optional<std::string> subject_key;
  std::optional<std::vector<DistributionPoint>> distribution_points;

  std::shared_ptr<const DecodedCertificate> decoded;

  // Issuer and subject are the same, whoever signed it (RFC 5280, 6.1).
  bool self_issued() const { return issuer == subject; }
  const Extension* find_extension(std::string_view id) const;
  // In small hexadecimal digits.
  std::string sha256() const;
  std::string serial_text() const;
};

// Fails with Kind::Invalid and certificate.damaged when the bytes are not a certificate at all. `source` is what the
// message calls it: a file, perhaps with a number.
Result<Certificate> read_certificate(std::string der, std::string_view source);

// All certificates of a file, see read_certificate_file().
Result<std::vector<Certificate>> load_certificates(const std::string& file);

}  // namespace pforte::pki
