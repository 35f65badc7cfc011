#include "pki/policies.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "pki/object_id.h"

namespace pforte::pki {
namespace {

using Policies = std::set<std::string_view>;

// The state variables of RFC 5280, 6.1.2, by their names there.
struct State {
  Policies valid;     // valid_policy of the nodes at this depth; empty: valid_policy_tree is NULL
  Policies expected;  // of all their expected_policy_sets
  std::size_t explicit_policy, policy_mapping, inhibit_any_policy;
};

// 6.1.3 (d) and (e).
void take_policies(State& state, const Certificate& certificate, bool is_last) {
  Policies next;
  bool has_any = false;
  if (certificate.policies) {
    bool parent_is_any = state.valid.contains(oid::kAnyPolicy);
    for (const std::string& policy : *certificate.policies) {
      if (policy == oid::kAnyPolicy)
        has_any = true;
      else if (parent_is_any || state.expected.contains(policy))
        next.insert(policy);
    }
    bool any_counts = state.inhibit_any_policy > 0 || (!is_last && certificate.self_issued());
    if (has_any && any_counts) next.insert(state.expected.begin(), state.expected.end());
  }
  state.expected = next;
  state.valid = std::move(next);
}

// 6.1.4 (b).
void map_policies(State& state, const Certificate& certificate) {
  bool has_any = state.valid.contains(oid::kAnyPolicy);
  Policies mapped;
  for (const PolicyMapping& mapping : certificate.policy_mappings) {
    if (state.policy_mapping == 0) {
      state.valid.erase(mapping.issuer);
      state.expected.erase(mapping.issuer);
    } else if (has_any || state.valid.contains(mapping.issuer)) {
      state.valid.insert(mapping.issuer);
      state.expected.erase(mapping.issuer);
      mapped.insert(mapping.subject);
    }
  }
  state.expected.insert(mapped.begin(), mapped.end());
}

void count_down(std::size_t& counter) {
  if (counter > 0) --counter;
}

// 6.1.4 (h) to (j).
void prepare_for_next(State& state, const Certificate& certificate) {
  if (!certificate.self_issued()) {
    count_down(state.explicit_policy);
    count_down(state.policy_mapping);
    count_down(state.inhibit_any_policy);
  }
  auto lower = [](std::size_t& counter, const std::optional<std::uint32_t>& to) {
    if (to) counter = std::min<std::size_t>(counter, *to);
  };
  if (certificate.policy_constraints) {
    lower(state.explicit_policy, certificate.policy_constraints->require_explicit);
    lower(state.policy_mapping, certificate.policy_constraints->inhibit_mapping);
  }
  lower(state.inhibit_any_policy, certificate.inhibit_any_policy);
}

bool maps_any(const PolicyMapping& mapping) {
  return mapping.issuer == oid::kAnyPolicy || mapping.subject == oid::kAnyPolicy;
}

}  // namespace

void check_policies(std::span<const Certificate* const> path, Findings& findings) {
  std::size_t beyond = path.size() + 1;
  State state{{oid::kAnyPolicy}, {oid::kAnyPolicy}, beyond, beyond, beyond};
  for (std::size_t i = path.size(); i-- > 0;) {
    const Certificate& certificate = *path[i];
    bool is_last = i == 0;
    take_policies(state, certificate, is_last);
    if (state.explicit_policy == 0 && state.valid.empty()) return findings.add("cert.policies", certificate);
    if (!is_last) {
      if (std::ranges::any_of(certificate.policy_mappings, maps_any))
        return findings.add("cert.policy-mapping", certificate);
      map_policies(state, certificate);
      prepare_for_next(state, certificate);
      continue;
    }
    count_down(state.explicit_policy);
    bool demands = certificate.policy_constraints && certificate.policy_constraints->require_explicit == 0U;
    if (demands) state.explicit_policy = 0;
    if (state.explicit_policy == 0 && state.valid.empty()) findings.add("cert.policies", certificate);
  }
}

}  // namespace pforte::pki
