#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"
#include "pki/authority_information.h"
#include "pki/certificate_rules.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

using std::chrono::days;

constexpr unsigned kSmallestRsaBits = 2048;
constexpr unsigned kSmallestCurveBits = 256;

// The longest lifetime of a server certificate that was issued on or after a date.
struct Limit {
  Instant from;
  days longest;
};

// Public certificates: CA/Browser Forum, TLS Baseline Requirements, 6.3.2, with ballot SC-081v3; before March 2018 in
// months. Latest first.
constexpr std::array<Limit, 7> public_limits() {
  using namespace std::chrono_literals;
  using std::chrono::March, std::chrono::September, std::chrono::April, std::chrono::July, std::chrono::sys_days;
  return {{{sys_days(2029y / March / 15), days(47)},
           {sys_days(2027y / March / 15), days(100)},
           {sys_days(2026y / March / 15), days(200)},
           {sys_days(2020y / September / 1), days(398)},
           {sys_days(2018y / March / 1), days(825)},
           {sys_days(2015y / April / 1), days(1188)},
           {sys_days(2012y / July / 1), days(1827)}}};
}

// Any authority's: Apple 103769.
constexpr Limit apple_limit() {
  using namespace std::chrono_literals;
  return {std::chrono::sys_days(2019y / std::chrono::July / 1), days(825)};
}

// What clients themselves enforce of the public limits so far (Chromium, cert_verify_proc.cc; Apple 102028).
constexpr days kShortestEnforced(398);

std::optional<days> longest_of_public(Instant issued) {
  for (const Limit& limit : public_limits()) {
    if (issued >= limit.from) return limit.longest;
  }
  return std::nullopt;
}

// By the rules of the profile for certificates of any authority, or of a public one alone.
std::optional<days> longest_lifetime(Instant issued, Profile profile, bool is_public) {
  if (profile == Profile::App)
    return issued >= apple_limit().from ? std::optional(apple_limit().longest) : std::nullopt;
  bool bound = profile != Profile::Browser || is_public;
  return bound ? longest_of_public(issued) : std::nullopt;
}

Message lifetime_text(days lifetime, days longest) {
  return {cat(lifetime.count(), " days, of ", longest.count()), cat(lifetime.count(), " Tage statt ", longest.count())};
}

// A day that has begun counts; notAfter belongs to the lifetime.
void check_lifetime(const Certificate& leaf, Findings& findings) {
  if (!leaf.not_before || !leaf.not_after) return;
  bool is_public = is_of_public_authority(leaf);
  auto lifetime = std::chrono::ceil<days>(*leaf.not_after - *leaf.not_before + std::chrono::seconds(1));
  std::optional<days> longest = longest_lifetime(*leaf.not_before, findings.profile(), is_public);
  if (longest && lifetime > *longest) findings.add("cert.lifetime", leaf, lifetime_text(lifetime, *longest));
  std::optional<days> of_public = longest_of_public(*leaf.not_before);
  if (!is_public || !of_public) return;
  days enforced = std::max(*of_public, kShortestEnforced);
  if (lifetime > enforced) findings.add("cert.public-lifetime", leaf, lifetime_text(lifetime, enforced));
}

void check_key(const Certificate& certificate, Findings& findings) {
  const KeyFacts& key = certificate.key;
  std::string bits = cat(key.bits, " bits");
  Message detail{bits, cat(key.bits, " Bit")};
  if (key.type == KeyType::Unreadable) findings.add("cert.key-unusable", certificate);
  if (key.type == KeyType::Dsa) findings.add("cert.weak-key", certificate, {"DSA", "DSA"});
  bool weak = (key.type == KeyType::Rsa && key.bits < kSmallestRsaBits) ||
              (key.type == KeyType::Ec && key.bits < kSmallestCurveBits);
  if (weak) findings.add("cert.weak-key", certificate, detail);
  bool usual_curve = key.curve == "prime256v1" || key.curve == "secp384r1" || key.curve == "secp521r1";
  bool usual = key.type == KeyType::Rsa || key.type == KeyType::Unreadable || (key.type == KeyType::Ec && usual_curve);
  if (!usual) findings.add("cert.key-kind", certificate, {key.curve, key.curve});
  if (key.type == KeyType::Rsa && key.bits % 8 != 0) findings.add("cert.key-size", certificate, detail);
}

void check_root(const Certificate& root, Findings& findings) {
  if (root.extended_key_usage) findings.add("cert.anchor-purposes", root);
  if (!root.authority_key) return;
  const AuthorityKeyIdentifier& identifier = *root.authority_key;
  bool own = identifier.key && identifier.key == root.subject_key;
  if (!own || identifier.has_issuer || identifier.has_serial) findings.add("cert.anchor-authority-key", root);
}

void check_purposes(const Certificate& leaf, Findings& findings) {
  constexpr std::array kForeign = {oid::kAnyPurpose,   oid::kCodeSigning, oid::kMailProtection,
                                   oid::kTimeStamping, oid::kOcspSigning, oid::kPrecertificateSigning};
  if (!leaf.extended_key_usage) return findings.add("cert.purpose-missing", leaf);
  const Extension* extension = leaf.find_extension(oid::kExtendedKeyUsage);
  bool foreign = std::ranges::any_of(
      *leaf.extended_key_usage, [&](std::string_view id) { return std::ranges::find(kForeign, id) != kForeign.end(); });
  if (foreign || (extension && extension->critical)) findings.add("cert.purposes", leaf);
}

std::string_view parent_of(std::string_view host) {
  std::size_t dot = host.find('.');
  return dot == host.npos ? std::string_view() : host.substr(dot + 1);
}

// Reads also what older programs take for an IPv4 address: hexadecimal, octal, fewer than four parts.
std::string loose_address(const std::string& text) {
  if (std::optional<std::string> address = read_address(text)) return *address;
  in_addr address{};
  if (inet_aton(text.c_str(), &address) == 0) return {};
  return {reinterpret_cast<const char*>(&address), sizeof address};
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A common name that means one of the names but is written otherwise, or that stands for a host beside them. One that
// is something else entirely, such as a person or a product, misleads nobody.
bool is_bad_copy(const std::string& common_name, const std::vector<GeneralName>& names) {
  bool bad = false;
  std::string address = loose_address(common_name);
  for (const GeneralName& name : names) {
    if (name.form == NameForm::Ip) {
      if (common_name == address_text(name.value)) return false;
      bad |= address == name.value;
    } else if (name.form == NameForm::Dns) {
      if (common_name == name.value) return false;
      bad |= equals_ignoring_case(common_name, name.value) || (!is_ascii(common_name) && common_name.contains('.'));
      bad |= is_host_name(common_name) && !parent_of(common_name).empty() &&
             equals_ignoring_case(parent_of(common_name), parent_of(name.value));
    }
  }
  return bad;
}

// Below what anybody may register a name, as far as it can be told without the list of all suffixes: top-level domains,
// and the usual ones below those of countries.
bool is_public_suffix(std::string_view domain) {
  constexpr auto kBelowCountries = std::to_array<std::string_view>({"ac", "co", "com", "edu", "gov", "net", "org"});
  std::size_t dot = domain.find('.');
  if (dot == domain.npos) return true;
  bool country = domain.size() - dot - 1 == 2;
  return country && std::ranges::find(kBelowCountries, lowered(domain.substr(0, dot))) != kBelowCountries.end();
}

// Whether one of the names asked for is covered by `wildcard` alone.
bool is_needed(const std::string& wildcard, const Certificate& leaf, const Wanted& wanted) {
  return std::ranges::any_of(wanted.names, [&](const PeerName& name) {
    auto covers = [&](const GeneralName& other) {
      return other.form == NameForm::Dns && other.value != wildcard && matches_dns(other.value, name.value);
    };
    return name.form == NameForm::Dns && matches_dns(wildcard, name.value) &&
           std::ranges::none_of(*leaf.alternative_names, covers);
  });
}

// Issuers must not issue such a wildcard at all; clients only refuse to be led to a host by it.
bool is_too_broad(const std::string& wildcard, const Certificate& leaf, const Wanted& wanted, Profile profile) {
  if (!wildcard.starts_with("*.") || !is_public_suffix(std::string_view(wildcard).substr(2))) return false;
  bool of_issuers = profile == Profile::Rfc5280 || profile == Profile::WebPki;
  return of_issuers || wanted.names.empty() || is_needed(wildcard, leaf, wanted);
}

void check_names(const Certificate& leaf, const Wanted& wanted, Findings& findings) {
  if (!leaf.alternative_names) return findings.add("cert.names-missing", leaf);
  const Extension* extension = leaf.find_extension(oid::kAlternativeNames);
  if (extension && extension->critical && !leaf.subject.empty()) findings.add("cert.alternative-names-critical", leaf);
  for (const GeneralName& name : *leaf.alternative_names) {
    if (name.form == NameForm::Dns && is_too_broad(name.value, leaf, wanted, findings.profile()))
      findings.add("cert.wildcard-too-broad", leaf, {name.value, name.value});
  }
  for (const std::string& common_name : leaf.subject.common_names) {
    if (is_bad_copy(common_name, *leaf.alternative_names))
      findings.add("cert.common-name", leaf, {common_name, common_name});
  }
}

}  // namespace

void check_profile_rules(const Certificate& certificate, Role role, const Wanted& wanted, Findings& findings) {
  check_key(certificate, findings);
  if (role == Role::Anchor && certificate.self_issued()) check_root(certificate, findings);
  if (role != Role::Leaf) return;
  if (certificate.version != 3) findings.add("cert.version-3", certificate);
  if (wanted.purpose != Purpose::Server) return;
  if (certificate.basic_constraints && certificate.basic_constraints->ca) findings.add("cert.leaf-is-ca", certificate);
  check_purposes(certificate, findings);
  check_names(certificate, wanted, findings);
  check_lifetime(certificate, findings);
}

}  // namespace pforte::pki
