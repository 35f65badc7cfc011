#include "pki/policies.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/object_id.h"

namespace pforte::pki {
namespace {

const std::string any_policy(oid::kAnyPolicy);

// What an authority or a leaf says of policies; each policy is a letter.
struct Says {
  std::optional<ObjectIds> policies = ObjectIds{"a"};
  std::vector<PolicyMapping> mappings = {};
  std::optional<std::uint32_t> require_explicit = {}, inhibit_mapping = {}, inhibit_any = {};
  bool self_issued = false;
};

// From the authority below the anchor down to the leaf.
std::string verdict(const std::vector<Says>& downwards) {
  std::vector<Certificate> certificates;
  for (const Says& says : downwards) {
    Certificate& made = certificates.emplace_back();
    made.policies = says.policies;
    made.policy_mappings = says.mappings;
    if (says.require_explicit || says.inhibit_mapping)
      made.policy_constraints = {says.require_explicit, says.inhibit_mapping};
    made.inhibit_any_policy = says.inhibit_any;
    made.subject.parts = {"subject"};
    made.issuer.parts = {says.self_issued ? "subject" : "issuer"};
  }
  std::vector<const Certificate*> path;
  for (std::size_t i = certificates.size(); i-- > 0;) path.push_back(&certificates[i]);
  Findings findings(Profile::Rfc5280);
  check_policies(path, findings);
  return findings.all().empty() ? "good" : std::string(findings.all().front().rule->id);
}

TEST_CASE("a policy is needed only where an authority demands one, and must then hold along the whole path") {
  CHECK(verdict({{.policies = {{"a"}}}, {.policies = {{"b"}}}}) == "good");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0}, {.policies = {{"a"}}}}) == "good");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0}, {.policies = {{"b"}}}}) == "cert.policies");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0}, {.policies = std::nullopt}}) == "cert.policies");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0}, {.policies = std::nullopt}, {}}) == "cert.policies");
}

TEST_CASE("the demand begins after so many certificates, of which self-issued ones are none") {
  CHECK(verdict({{.require_explicit = 2}, {.policies = std::nullopt}}) == "good");
  CHECK(verdict({{.require_explicit = 1}, {.policies = std::nullopt}}) == "cert.policies");
  CHECK(verdict({{.require_explicit = 2}, {.policies = std::nullopt}, {.policies = std::nullopt}}) == "cert.policies");
  CHECK(
      verdict({{.require_explicit = 2}, {.policies = std::nullopt, .self_issued = true}, {.policies = std::nullopt}}) ==
      "good");
  CHECK(verdict({{}, {.policies = {{"b"}}, .require_explicit = 0}}) == "cert.policies");
}

TEST_CASE("anyPolicy stands for all, unless it is inhibited") {
  CHECK(verdict({{.policies = {{any_policy}}, .require_explicit = 0}, {.policies = {{"b"}}}}) == "good");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0}, {.policies = {{any_policy}}}}) == "good");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0, .inhibit_any = 0}, {.policies = {{any_policy}}}}) ==
        "cert.policies");
  CHECK(verdict({{.policies = {{"a"}}, .require_explicit = 0, .inhibit_any = 0},
                 {.policies = {{any_policy}}, .self_issued = true},
                 {}}) == "good");
}

TEST_CASE("a mapped policy counts under its new name alone") {
  const Says maps{.policies = {{"a"}}, .mappings = {{"a", "b"}}, .require_explicit = 0};
  CHECK(verdict({maps, {.policies = {{"b"}}}}) == "good");
  CHECK(verdict({maps, {.policies = {{"a"}}}}) == "cert.policies");
  Says inhibited = maps;
  CHECK(verdict({{.inhibit_mapping = 0}, inhibited, {.policies = {{"b"}}}}) == "cert.policies");
  CHECK(verdict({{.policies = {{any_policy}}, .mappings = {{"a", "b"}}, .require_explicit = 0},
                 {.policies = {{"b"}}}}) == "good");
  CHECK(verdict({{.mappings = {{any_policy, "b"}}}, {}}) == "cert.policy-mapping");
}

TEST_CASE("mappings upon mappings do not multiply the work") {
  std::vector<Says> path(12);
  for (Says& says : path) {
    says.policies.emplace();
    for (char from = 'a'; from <= 'z'; ++from) {
      says.policies->push_back(std::string(1, from));
      for (char to = 'a'; to <= 'z'; ++to) says.mappings.push_back({std::string(1, from), std::string(1, to)});
    }
  }
  CHECK(verdict(path) == "good");
}

}  // namespace
}  // namespace pforte::pki
