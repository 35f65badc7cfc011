#include "pki/certificate_rules.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "pki/name_constraints.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

constexpr std::size_t kMostSerialBytes = 20;

Message same(const std::string& text) {
  return {text, text};
}

void check_form(const Certificate& certificate, Role role, Findings& findings) {
  if (certificate.signature.outer_differs) findings.add("cert.signature-algorithms-differ", certificate);
  if (certificate.version != 3 && !certificate.extensions.empty()) findings.add("cert.version", certificate);
  if (certificate.issuer.empty()) findings.add("cert.empty-issuer", certificate);
  std::string_view serial = certificate.serial;
  bool zero = serial.find_first_not_of('\0') == serial.npos;
  bool negative = !serial.empty() && (static_cast<unsigned char>(serial.front()) & 0x80) != 0;
  if (serial.starts_with('\0')) serial.remove_prefix(1);
  bool bad_serial = zero || negative || serial.size() > kMostSerialBytes;
  if (bad_serial && role != Role::Anchor) findings.add("cert.serial", certificate, same(certificate.serial_text()));
  if (certificate.unusual_times) findings.add("cert.time-type", certificate);
}

bool must_not_be_critical(std::string_view id) {
  return id == oid::kAuthorityKeyIdentifier || id == oid::kSubjectKeyIdentifier || id == oid::kAuthorityInformation ||
         id == oid::kSubjectInformation || id == oid::kFreshestCrl;
}

bool must_be_critical(std::string_view id) {
  return id == oid::kPolicyConstraints || id == oid::kInhibitAnyPolicy;
}

void check_extensions(const Certificate& certificate, Findings& findings) {
  const std::vector<Extension>& all = certificate.extensions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Extension& extension = all[i];
    auto add = [&](std::string_view id) { findings.add(id, certificate, same(extension_text(extension.id))); };
    if (extension.malformed) add("cert.malformed-extension");
    if (extension.critical && !extension.known) add("cert.unknown-critical-extension");
    if (extension.critical && must_not_be_critical(extension.id)) add("cert.must-not-be-critical");
    if (!extension.critical && must_be_critical(extension.id)) add("cert.must-be-critical");
    if (!extension.critical && extension.id == oid::kNameConstraints) add("cert.name-constraints-critical");
    bool twice = std::ranges::find(all.begin(), all.begin() + std::ptrdiff_t(i), extension.id, &Extension::id) !=
                 all.begin() + std::ptrdiff_t(i);
    if (twice) add("cert.duplicate-extension");
  }
}

// notAfter belongs to the validity, up to the last moment of its second (RFC 5280, 4.1.2.5).
void check_validity(const Certificate& certificate, Role role, Instant at, Findings& findings) {
  if (!certificate.not_before || !certificate.not_after) return findings.add("cert.time-form", certificate);
  bool early = at<*certificate.not_before, late = at> * certificate.not_after;
  if (!early && !late) return;
  std::string when = rfc3339(early ? *certificate.not_before : *certificate.not_after);
  Message detail =
      early ? Message{cat("not before ", when), cat("nicht vor ", when)} : Message{cat("on ", when), cat("am ", when)};
  std::string_view id = early ? "cert.not-yet-valid" : "cert.expired";
  findings.add(role == Role::Anchor ? "cert.anchor-validity" : id, certificate, std::move(detail));
}

void check_digest(const Certificate& certificate, Role role, Findings& findings) {
  // A trusted certificate is not trusted because of its signature.
  if (role == Role::Anchor) return;
  const SignatureFacts& signature = certificate.signature;
  bool sha1 = signature.digest == Digest::Sha1;
  if (signature.digest == Digest::Broken) findings.add("cert.broken-digest", certificate, same(signature.name));
  if (sha1)
    findings.add(signature.key == KeyType::Dsa ? "cert.dsa-sha1" : "cert.sha1", certificate, same(signature.name));
}

void check_key_identifiers(const Certificate& certificate, Role role, Findings& findings) {
  bool self_signed = certificate.self_issued() && role != Role::Intermediate;
  bool names_key = certificate.authority_key && certificate.authority_key->key;
  if (!names_key && !self_signed) findings.add("cert.authority-key-missing", certificate);
  bool ca = certificate.basic_constraints && certificate.basic_constraints->ca;
  if (ca && !certificate.subject_key && certificate.version == 3) findings.add("cert.subject-key-missing", certificate);
}

void check_authority(const Certificate& certificate, Role role, Findings& findings) {
  bool anchor = role == Role::Anchor;
  if (certificate.subject.empty()) findings.add("cert.empty-subject", certificate);
  if (anchor && certificate.version != 3 && certificate.extensions.empty())
    return findings.add("cert.anchor-version", certificate);
  bool ca = certificate.basic_constraints && certificate.basic_constraints->ca;
  if (!ca) return findings.add("cert.not-a-ca", certificate);
  const Extension* extension = certificate.find_extension(oid::kBasicConstraints);
  if (extension && !extension->critical) {
    findings.add(anchor ? "cert.anchor-basic-constraints-critical" : "cert.basic-constraints-critical", certificate);
  }
  if (certificate.key_usage && (*certificate.key_usage & KeyCertSign) == 0)
    findings.add("cert.key-cert-sign", certificate);
  check_constraints_form(certificate, findings);
}

void check_what_only_authorities_have(const Certificate& certificate, Findings& findings) {
  bool ca = certificate.basic_constraints && certificate.basic_constraints->ca;
  if (ca) return;
  bool has_length = certificate.basic_constraints && certificate.basic_constraints->path_length;
  if (has_length) findings.add("cert.path-length-misplaced", certificate);
  if (certificate.key_usage && (*certificate.key_usage & KeyCertSign) != 0)
    findings.add("cert.key-cert-sign-without-ca", certificate);
  if (certificate.name_constraints) findings.add("cert.name-constraints-in-leaf", certificate);
}

void check_policy_form(const Certificate& certificate, Findings& findings) {
  if (!certificate.policies) return;
  ObjectIds sorted = *certificate.policies;
  std::ranges::sort(sorted);
  auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) findings.add("cert.policies-form", certificate, same(id_text(*twice)));
}

std::string_view purpose_id(Purpose purpose) {
  switch (purpose) {
    case Purpose::Server:
      return oid::kServer;
    case Purpose::Client:
      return oid::kClient;
    case Purpose::Mail:
      return oid::kMailProtection;
    default:
      return {};
  }
}

Message purpose_text(Purpose purpose) {
  switch (purpose) {
    case Purpose::Server:
      return {"TLS server", "TLS-Server"};
    case Purpose::Client:
      return {"TLS client", "TLS-Client"};
    default:
      return {"mail", "Mail"};
  }
}

bool allows(const Certificate& certificate, Purpose purpose) {
  if (!certificate.extended_key_usage || purpose == Purpose::Any) return true;
  return std::ranges::any_of(*certificate.extended_key_usage, [&](const std::string& id) {
    return id == purpose_id(purpose) || id == oid::kAnyPurpose;
  });
}

void check_leaf_key_usage(const Certificate& leaf, const Wanted& wanted, Findings& findings) {
  if (!leaf.key_usage) return;
  if (*leaf.key_usage == 0) return findings.add("cert.key-usage-empty", leaf);
  unsigned fit = DigitalSignature;
  if (wanted.purpose == Purpose::Server) fit |= KeyEncipherment | KeyAgreement;
  if (wanted.purpose == Purpose::Mail) fit |= ContentCommitment | KeyEncipherment | KeyAgreement;
  if (wanted.purpose == Purpose::Any || (*leaf.key_usage & fit) != 0) return;
  bool ca = leaf.basic_constraints && leaf.basic_constraints->ca;
  findings.add(ca ? "cert.key-usage-of-ca" : "cert.key-usage", leaf, purpose_text(wanted.purpose));
}

bool has_form(const std::vector<GeneralName>& names, NameForm form) {
  return std::ranges::find(names, form, &GeneralName::form) != names.end();
}

// Java alone falls back to the common name where there is no dNSName.
bool has_name_for(const Certificate& leaf, const PeerName& name, Findings& findings) {
  if (has_name(leaf, name)) return true;
  if (findings.profile() != Profile::Java || name.form != NameForm::Dns) return false;
  bool has_dns = leaf.alternative_names && has_form(*leaf.alternative_names, NameForm::Dns);
  bool common = !has_dns && std::ranges::any_of(leaf.subject.common_names, [&](const std::string& common_name) {
    return matches_dns(common_name, name.value);
  });
  if (common) findings.add("cert.common-name-only", leaf, same(name.value));
  return common;
}

void check_name_forms(const Certificate& leaf, Findings& findings) {
  if (!leaf.alternative_names) return;
  for (const GeneralName& name : *leaf.alternative_names) {
    bool odd_address = name.form == NameForm::Ip && name.value.size() != 4 && name.value.size() != 16;
    if (odd_address) findings.add("cert.address-form", leaf, same(to_hex(name.value)));
    if (name.form == NameForm::Dns && !is_host_name(name.value))
      findings.add("cert.dns-name-form", leaf, same(cat('"', name.value, '"')));
  }
}

}  // namespace

void check_certificate(const Certificate& certificate, Role role, const Wanted& wanted, Findings& findings) {
  check_form(certificate, role, findings);
  check_extensions(certificate, findings);
  check_validity(certificate, role, wanted.at, findings);
  check_digest(certificate, role, findings);
  check_key_identifiers(certificate, role, findings);
  if (certificate.key.explicit_curve) findings.add("cert.explicit-curve", certificate);
  if (role != Role::Leaf) check_authority(certificate, role, findings);
  check_what_only_authorities_have(certificate, findings);
  check_policy_form(certificate, findings);
  check_profile_rules(certificate, role, wanted, findings);
}

void check_authority_purpose(const Certificate& authority, const Wanted& wanted, Findings& findings) {
  if (!allows(authority, wanted.purpose))
    findings.add("cert.extended-key-usage", authority, purpose_text(wanted.purpose));
}

void check_leaf(const Certificate& leaf, const Wanted& wanted, Findings& findings) {
  if (!allows(leaf, wanted.purpose)) findings.add("cert.extended-key-usage", leaf, purpose_text(wanted.purpose));
  check_leaf_key_usage(leaf, wanted, findings);
  const Extension* names = leaf.find_extension(oid::kAlternativeNames);
  if (leaf.subject.empty() && !names) findings.add("cert.empty-subject", leaf);
  if (leaf.subject.empty() && names && !names->critical) findings.add("cert.subject-names-critical", leaf);
  check_name_forms(leaf, findings);
  for (const PeerName& name : wanted.names) {
    if (has_name_for(leaf, name, findings)) continue;
    std::string has = names_text(leaf), asked = name.text();
    findings.add("cert.name", leaf,
                 has.empty() ? Message{cat(asked, "; it has no names in subjectAltName"),
                                       cat(asked, "; es hat keine Namen in subjectAltName")}
                             : Message{cat(asked, "; it has ", has), cat(asked, "; es hat ", has)});
  }
}

}  // namespace pforte::pki
