#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pki/decoded.h"
#include "pki/object_id.h"

// What stands in the extensions of a certificate (RFC 5280, 4.2). Reading by OpenSSL; an extension is malformed when it
// cannot be read, does not end where its value ends, or is an empty list where at least one element must be.

namespace pforte::pki {
namespace {

template <class T, auto kFree>
using Decoded = crypto::Owned<T, kFree>;

void free_policies(CERTIFICATEPOLICIES* policies) {
  sk_POLICYINFO_pop_free(policies, POLICYINFO_free);
}
void free_mappings(POLICY_MAPPINGS* mappings) {
  sk_POLICY_MAPPING_pop_free(mappings, POLICY_MAPPING_free);
}

// Whether the bytes are one value and nothing behind it.
bool is_one_value(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  long length = 0;
  int tag = 0, tag_class = 0;
  int result = ASN1_get_object(&at, &length, &tag, &tag_class, long(bytes.size()));
  if ((result & 0x80) != 0) return false;
  return reinterpret_cast<const char*>(at) + length == bytes.data() + bytes.size();
}

std::optional<std::uint32_t> count_of(const ASN1_INTEGER* number) {
  if (!number) return std::nullopt;
  std::int64_t value = 0;
  if (ASN1_INTEGER_get_int64(&value, number) != 1 || value > 0xffff) value = 0xffff;
  return std::uint32_t(value < 0 ? 0 : value);
}

bool is_negative(const ASN1_INTEGER* number) {
  return number && (ASN1_STRING_type(number) & V_ASN1_NEG) == V_ASN1_NEG && ASN1_STRING_type(number) != V_ASN1_INTEGER;
}

// Each reads one extension into its field, and returns whether it could.

bool read_basic_constraints(Certificate& into, void* value) {
  Decoded<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> read(static_cast<BASIC_CONSTRAINTS*>(value));
  if (is_negative(read->pathlen)) return false;
  into.basic_constraints = BasicConstraints{read->ca != 0, count_of(read->pathlen)};
  return true;
}

bool read_key_usage(Certificate& into, void* value) {
  Decoded<ASN1_BIT_STRING, ASN1_BIT_STRING_free> read(static_cast<ASN1_BIT_STRING*>(value));
  into.key_usage = bits_of(read.get());
  return true;
}

bool read_extended_key_usage(Certificate& into, void* value) {
  Decoded<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> read(static_cast<EXTENDED_KEY_USAGE*>(value));
  ObjectIds& ids = into.extended_key_usage.emplace();
  for (int i = 0; i < sk_ASN1_OBJECT_num(read.get()); ++i) ids.push_back(id_of(sk_ASN1_OBJECT_value(read.get(), i)));
  return !ids.empty();
}

bool read_alternative_names(Certificate& into, void* value) {
  Decoded<GENERAL_NAMES, GENERAL_NAMES_free> read(static_cast<GENERAL_NAMES*>(value));
  into.alternative_names = names_of(read.get());
  return !into.alternative_names->empty();
}

std::vector<GeneralName> subtrees_of(const STACK_OF(GENERAL_SUBTREE) * trees, bool& has_distances) {
  std::vector<GeneralName> names;
  for (int i = 0; trees && i < sk_GENERAL_SUBTREE_num(trees); ++i) {
    const GENERAL_SUBTREE* tree = sk_GENERAL_SUBTREE_value(trees, i);
    names.push_back(name_of(tree->base));
    has_distances |= tree->maximum != nullptr || (tree->minimum && ASN1_INTEGER_get(tree->minimum) != 0);
  }
  return names;
}

bool read_name_constraints(Certificate& into, void* value) {
  Decoded<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free> read(static_cast<NAME_CONSTRAINTS*>(value));
  NameConstraints& constraints = into.name_constraints.emplace();
  constraints.permitted = subtrees_of(read->permittedSubtrees, constraints.has_distances);
  constraints.excluded = subtrees_of(read->excludedSubtrees, constraints.has_distances);
  constraints.has_empty = (read->permittedSubtrees && constraints.permitted.empty()) ||
                          (read->excludedSubtrees && constraints.excluded.empty());
  return true;
}

bool read_policies(Certificate& into, void* value) {
  Decoded<CERTIFICATEPOLICIES, free_policies> read(static_cast<CERTIFICATEPOLICIES*>(value));
  ObjectIds& ids = into.policies.emplace();
  for (int i = 0; i < sk_POLICYINFO_num(read.get()); ++i)
    ids.push_back(id_of(sk_POLICYINFO_value(read.get(), i)->policyid));
  return !ids.empty();
}

bool read_policy_mappings(Certificate& into, void* value) {
  Decoded<POLICY_MAPPINGS, free_mappings> read(static_cast<POLICY_MAPPINGS*>(value));
  for (int i = 0; i < sk_POLICY_MAPPING_num(read.get()); ++i) {
    const POLICY_MAPPING* mapping = sk_POLICY_MAPPING_value(read.get(), i);
    into.policy_mappings.push_back({id_of(mapping->issuerDomainPolicy), id_of(mapping->subjectDomainPolicy)});
  }
  return !into.policy_mappings.empty();
}

bool read_policy_constraints(Certificate& into, void* value) {
  Decoded<POLICY_CONSTRAINTS, POLICY_CONSTRAINTS_free> read(static_cast<POLICY_CONSTRAINTS*>(value));
  into.policy_constraints = {count_of(read->requireExplicitPolicy), count_of(read->inhibitPolicyMapping)};
  return read->requireExplicitPolicy || read->inhibitPolicyMapping;
}

bool read_inhibit_any_policy(Certificate& into, void* value) {
  Decoded<ASN1_INTEGER, ASN1_INTEGER_free> read(static_cast<ASN1_INTEGER*>(value));
  into.inhibit_any_policy = count_of(read.get());
  return !is_negative(read.get());
}

bool read_authority_key(Certificate& into, void* value) {
  Decoded<AUTHORITY_KEYID, AUTHORITY_KEYID_free> read(static_cast<AUTHORITY_KEYID*>(value));
  AuthorityKeyIdentifier& identifier = into.authority_key.emplace();
  if (read->keyid) identifier.key = view_of(read->keyid);
  identifier.has_issuer = read->issuer != nullptr;
  identifier.has_serial = read->serial != nullptr;
  return true;
}

bool read_subject_key(Certificate& into, void* value) {
  Decoded<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> read(static_cast<ASN1_OCTET_STRING*>(value));
  into.subject_key = view_of(read.get());
  return true;
}

bool read_distribution_points(Certificate& into, void* value, const X509_NAME* issuer) {
  Decoded<CRL_DIST_POINTS, CRL_DIST_POINTS_free> read(static_cast<CRL_DIST_POINTS*>(value));
  std::vector<DistributionPoint>& points = into.distribution_points.emplace();
  for (int i = 0; i < sk_DIST_POINT_num(read.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(read.get(), i);
    DistributionPoint& made = points.emplace_back();
    if (point->CRLissuer) made.crl_issuer = names_of(point->CRLissuer);
    bool indirect = !made.crl_issuer.empty() && made.crl_issuer.front().form == NameForm::Directory;
    const X509_NAME* base = indirect ? sk_GENERAL_NAME_value(point->CRLissuer, 0)->d.directoryName : issuer;
    if (point->distpoint) made.names = names_of(point->distpoint, base);
    if (point->reasons) made.reasons = bits_of(point->reasons) & kAllReasons;
  }
  return !points.empty();
}

bool read_information_access(void* value) {
  Decoded<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free> read(static_cast<AUTHORITY_INFO_ACCESS*>(value));
  return sk_ACCESS_DESCRIPTION_num(read.get()) > 0;
}

bool read_other_names(void* value) {
  return Decoded<GENERAL_NAMES, GENERAL_NAMES_free>(static_cast<GENERAL_NAMES*>(value)) != nullptr;
}

bool is_known(int nid) {
  switch (nid) {
    case NID_basic_constraints:
    case NID_key_usage:
    case NID_ext_key_usage:
    case NID_subject_alt_name:
    case NID_name_constraints:
    case NID_certificate_policies:
    case NID_policy_mappings:
    case NID_policy_constraints:
    case NID_inhibit_any_policy:
    case NID_authority_key_identifier:
    case NID_subject_key_identifier:
    case NID_crl_distribution_points:
    case NID_info_access:
    case NID_sinfo_access:
    case NID_issuer_alt_name:
      return true;
    default:
      return false;
  }
}

bool read_known(Certificate& into, int nid, void* value, const X509_NAME* issuer) {
  switch (nid) {
    case NID_basic_constraints:
      return read_basic_constraints(into, value);
    case NID_key_usage:
      return read_key_usage(into, value);
    case NID_ext_key_usage:
      return read_extended_key_usage(into, value);
    case NID_subject_alt_name:
      return read_alternative_names(into, value);
    case NID_name_constraints:
      return read_name_constraints(into, value);
    case NID_certificate_policies:
      return read_policies(into, value);
    case NID_policy_mappings:
      return read_policy_mappings(into, value);
    case NID_policy_constraints:
      return read_policy_constraints(into, value);
    case NID_inhibit_any_policy:
      return read_inhibit_any_policy(into, value);
    case NID_authority_key_identifier:
      return read_authority_key(into, value);
    case NID_subject_key_identifier:
      return read_subject_key(into, value);
    case NID_crl_distribution_points:
      return read_distribution_points(into, value, issuer);
    case NID_issuer_alt_name:
      return read_other_names(value);
    default:
      return read_information_access(value);
  }
}

}  // namespace

void read_extensions(Certificate& certificate, const X509& from) {
  int count = X509_get_ext_count(&from);
  certificate.extensions.reserve(std::size_t(count));
  for (int i = 0; i < count; ++i) {
    X509_EXTENSION* extension = X509_get_ext(&from, i);
    const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
    int nid = OBJ_obj2nid(object);
    Extension& made = certificate.extensions.emplace_back();
    made.id = id_of(object);
    made.critical = X509_EXTENSION_get_critical(extension) != 0;
    made.known = is_known(nid);
    if (!made.known) continue;
    void* value = is_one_value(view_of(X509_EXTENSION_get_data(extension))) ? X509V3_EXT_d2i(extension) : nullptr;
    made.malformed = !value || !read_known(certificate, nid, value, X509_get_issuer_name(&from));
  }
}

}  // namespace pforte::pki
