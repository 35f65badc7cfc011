#include "doctor/tls_chain_check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pki/testing.h"

namespace pforte::doctor {
namespace {

TEST_CASE("a stapled answer that cannot be read is told of in both languages") {
  pki::testing::Made root = pki::testing::make(pki::testing::authority("root"), nullptr);
  pki::testing::Made leaf = pki::testing::make({}, &root);
  TlsSubject subject{.dial = nullptr, .destination = {.host = "www.example.com", .port = 443}, .trust = {}};
  ShownChain shown{
      .sent = {leaf.certificate, root.certificate}, .stapled = "<html>", .trust = {}, .at = pki::testing::kNow};
  std::vector<Finding> findings = judge_chain(subject, shown).findings;
  auto found = std::ranges::find(findings, "tls.staple-invalid", [](const Finding& one) { return one.check.id; });
  REQUIRE(found != findings.end());
  CHECK(found->seen.en.starts_with("the stapled OCSP answer does not hold: it cannot be read: "));
  CHECK(found->seen.de.starts_with("die angeheftete OCSP-Antwort gilt nicht: sie lässt sich nicht lesen: "));
}

}  // namespace
}  // namespace pforte::doctor
