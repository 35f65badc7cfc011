#include "pki/revocation.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "pki/testing.h"

namespace pforte::pki {
namespace {

using namespace testing;
using std::chrono::days;

struct Company {
  Made root = make(authority("root"), nullptr);
  Made middle = make(authority("middle"), &root);
  Made server = make({.serial = 7}, &middle);
  Crl of_root = make_list({}, root);
};

const Company& company() {
  static const Company made;
  return made;
}

std::string judged(const Made& leaf, const std::vector<const Crl*>& crls, std::vector<const Made*> more = {}) {
  more.push_back(&company().middle);
  Question question = about(leaf, more, {&company().root});
  question.crls = crls;
  return reason(verify(question));
}

TEST_CASE("with lists, every certificate below the anchor must be told of by one (RFC 5280, 6.3.3)") {
  const Company& c = company();
  const Crl good = make_list({.revoked = {1, 8}}, c.middle), bad = make_list({.revoked = {7}}, c.middle);
  CHECK(judged(c.server, {}) == "trusted");
  CHECK(judged(c.server, {&c.of_root, &good}) == "trusted");
  CHECK(judged(c.server, {&c.of_root, &bad}) == "cert.revoked");
  CHECK(judged(c.server, {&c.of_root, &good, &bad}) == "cert.revoked");
  CHECK(judged(c.server, {&good}) == "cert.revocation-unknown");
  CHECK(judged(c.server, {&c.of_root}) == "cert.revocation-unknown");
}

TEST_CASE("a list counts only if it is current, complete and signed by whoever may") {
  const Company& c = company();
  const Made no_crls = make(authority("middle", {{NID_key_usage, "critical,keyCertSign"}}), &c.root);
  const Made impostor = make(authority("middle"), nullptr);
  const Crl lists[] = {
      make_list({.until = kNow - days(1)}, c.middle),
      make_list({.from = kNow + days(1), .until = kNow + days(2)}, c.middle),
      make_list({.number = nullptr}, c.middle),
      make_list({.revoked = {3, 3}}, c.middle),
      make_list({.extensions = {{NID_issuing_distribution_point, "critical,onlyCA:TRUE"}}}, c.middle),
      make_list({.extensions = {{NID_issuing_distribution_point, "critical,onlysomereasons:keyCompromise"}}}, c.middle),
      make_list({.extensions = {{NID_issuing_distribution_point, "critical,fullname:URI:http://example.com/a.crl"}}},
                c.middle),
      make_list({}, impostor),
  };
  for (const Crl& list : lists) CHECK(judged(c.server, {&c.of_root, &list}) == "cert.revocation-unknown");
  const Made leaf = make({.serial = 7}, &no_crls);
  const Crl unsigned_for = make_list({}, no_crls);
  Question question = about(leaf, {&no_crls}, {&c.root});
  question.crls = {&c.of_root, &unsigned_for};
  CHECK(reason(verify(question)) == "cert.revocation-unknown");
}

TEST_CASE("a list of one distribution point speaks of the certificates that name it") {
  const Company& c = company();
  const Crl list = make_list(
      {.extensions = {{NID_issuing_distribution_point, "critical,fullname:URI:http://example.com/a.crl"}}}, c.middle);
  auto pointing_to = [&](const std::string& uri) {
    return make({.extensions = {{NID_crl_distribution_points, "URI:" + uri}}, .serial = 7}, &c.middle);
  };
  const Made here = pointing_to("http://example.com/a.crl"), elsewhere = pointing_to("http://example.com/b.crl");
  CHECK(judged(here, {&c.of_root, &list}) == "trusted");
  CHECK(judged(elsewhere, {&c.of_root, &list}) == "cert.revocation-unknown");
}

TEST_CASE("the signer of a list may be a certificate that is not on the path, if it leads to the same anchor") {
  const Company& c = company();
  const Made signer = make(authority("middle", {{NID_key_usage, "critical,cRLSign"}}), &c.root);
  const Made stranger = make(authority("middle"), nullptr);
  const Crl list = make_list({}, signer), foreign = make_list({}, stranger);
  CHECK(judged(c.server, {&c.of_root, &list}, {&signer}) == "trusted");
  CHECK(judged(c.server, {&c.of_root, &list}) == "cert.revocation-unknown");
  CHECK(judged(c.server, {&c.of_root, &foreign}, {&stranger}) == "cert.revocation-unknown");
}

TEST_CASE("nobody vouches for themselves") {
  const Company& c = company();
  Recipe recipe = authority("middle", {{NID_key_usage, "critical,cRLSign"}});
  const Made signer = make(recipe, &c.middle);
  const Crl by_signer = make_list({}, signer);
  CHECK(judged(c.server, {&c.of_root, &by_signer}, {&signer}) == "cert.revocation-unknown");
}

TEST_CASE("a list of changes completes the one it builds on") {
  const Company& c = company();
  const Crl base = make_list({.revoked = {9}, .number = "5"}, c.middle);
  const Crl revokes = make_list({.revoked = {7}, .number = "6", .delta_base = "5"}, c.middle);
  const Crl of_other = make_list({.revoked = {7}, .number = "7", .delta_base = "6"}, c.middle);
  CHECK(judged(c.server, {&c.of_root, &base, &revokes}) == "cert.revoked");
  CHECK(judged(c.server, {&c.of_root, &base, &of_other}) == "trusted");
  CHECK(judged(c.server, {&c.of_root, &revokes}) == "cert.revocation-unknown");
}

TEST_CASE("a list that is not written as the standard has it tells nothing, and a warning says so") {
  const Company& c = company();
  Crl odd = make_list({.revoked = {7}}, c.middle);
  odd.version = 1;
  Question question = about(c.server, {&c.middle}, {&c.root});
  question.crls = {&odd};
  Verdict verdict = verify(question);
  CHECK(reason(verdict) == "cert.revocation-unknown");
  CHECK(verdict.findings.back().rule->id == "crl.unusable");
  const Crl good = make_list({}, c.middle);
  CHECK(judged(c.server, {&c.of_root, &odd, &good}) == "trusted");
}

}  // namespace
}  // namespace pforte::pki
