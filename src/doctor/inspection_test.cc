#include "doctor/inspection.h"

#include <doctest/doctest.h>

#include "pki/testing.h"

namespace pforte::doctor {
namespace {

using pki::testing::make;

std::vector<pki::Certificate> chain_from(const std::string& issuer) {
  pki::testing::Made root = make(pki::testing::authority(issuer), nullptr);
  std::vector<pki::Certificate> chain;
  chain.push_back(make({}, &root).certificate);
  return chain;
}

Path two_hops() {
  return {"https://crm.example.com/",
          {{.name = {"client", "Client"}}, {.name = {"proxy", "Proxy"}}, {.name = {"crm", "crm"}}}};
}

InspectionSubject subject_of(std::string expected = {}) {
  return {.destination = read_url("https://crm.example.com/").value(),
          .hop = 1,
          .direct = {},
          .validated = {},
          .expected_issuer = std::move(expected)};
}

TEST_CASE("products that open TLS are known by the CA they seal with") {
  for (const auto& [issuer, product] : std::vector<std::pair<std::string, std::string_view>>{
           {"Zscaler Intermediate Root CA (zscaler.net)", "Zscaler"},
           {"DO_NOT_TRUST_FiddlerRoot", "Fiddler"},
           {"mitmproxy", "mitmproxy"},
           {"PortSwigger CA", "Burp Suite"},
           {"Charles Proxy CA (1 Jan 2026)", "Charles"},
           {"Kaspersky Anti-Virus Personal Root Certificate", "Kaspersky"},
           {"Cisco Umbrella Secondary SubCA", "Cisco Umbrella"},
           {"ESET SSL Filter CA", "ESET"},
           {"Example Company CA", ""},
           {"Let's Encrypt R3", ""}}) {
    CAPTURE(issuer);
    CHECK(inspector_in(chain_from(issuer)) == product);
  }
}

TEST_CASE("an issuer is expected by a part of its name or by the digest of a certificate") {
  std::vector<pki::Certificate> chain = chain_from("Example Company CA");
  CHECK(is_expected(chain, "example company"));
  CHECK(!is_expected(chain, "Let's Encrypt"));
  std::string digest = chain[0].sha256();
  CHECK(is_expected(chain, digest));
  digest[0] = digest[0] == '0' ? '1' : '0';
  CHECK(!is_expected(chain, digest));
}

TEST_CASE("an issuer other than without the proxy is told on the proxy") {
  Path path = two_hops();
  tell_inspection(subject_of(), chain_from("Company Proxy CA"), chain_from("Public CA"), path);
  const Finding* found = path.in_order().front();
  CHECK(found->check.id == "inspection.issuer-differs");
  CHECK(found->level == Level::Warning);
  CHECK(found->hop == 1);
}

TEST_CASE("where the chain does not hold, the inspection is an error") {
  Path path = two_hops();
  InspectionSubject subject = subject_of();
  subject.chain_holds = false;
  tell_inspection(subject, chain_from("Zscaler Root CA"), {}, path);
  REQUIRE(path.first_error());
  CHECK(path.first_error()->check.id == "inspection.product");
}

TEST_CASE("what is expected is no inspection, whatever its name") {
  Path path = two_hops();
  tell_inspection(subject_of("Zscaler"), chain_from("Zscaler Root CA"), {}, path);
  CHECK(path.worst() == Level::Ok);
  tell_inspection(subject_of("Public CA"), chain_from("Company CA"), {}, path);
  CHECK(path.first_error()->check.id == "inspection.unexpected-issuer");
}

TEST_CASE("the root that the chain ends in is expected though the server does not send it") {
  pki::testing::Made root = make(pki::testing::authority("Company CA"), nullptr);
  std::vector<pki::Certificate> sent = {make({}, &root).certificate};
  Path path = two_hops();
  InspectionSubject subject = subject_of(root.certificate.sha256());
  tell_inspection(subject, sent, {}, path);
  REQUIRE(path.first_error());
  CHECK(path.first_error()->remedy.en.starts_with("ask whoever runs the server"));
  Path validated = two_hops();
  subject.validated = {sent[0], root.certificate};
  tell_inspection(subject, sent, {}, validated);
  CHECK(validated.worst() == Level::Ok);
}

TEST_CASE("a name is public by its ending") {
  for (std::string_view host : {"crm.example.com", "www.gov.uk"}) {
    CAPTURE(host);
    CHECK(is_public_name(host));
  }
  for (std::string_view host : {"localhost", "crm", "crm.corp", "crm.firma.local", "a.localhost", "10.0.0.1", "::1",
                                "router.home.arpa", "x.example.test", "CRM.INTERNAL"}) {
    CAPTURE(host);
    CHECK(!is_public_name(host));
  }
}

TEST_CASE("a company's certificate for a public place is noticed without being told") {
  InspectionSubject subject = subject_of();
  subject.is_public = true;
  Path path = two_hops();
  tell_inspection(subject, chain_from("Company Proxy CA"), {}, path);
  REQUIRE(path.in_order().size() == 1);
  CHECK(path.in_order().front()->check.id == "inspection.private-issuer");
  CHECK(path.worst() == Level::Warning);

  pki::testing::Made root = make(pki::testing::authority("Public CA"), nullptr);
  pki::testing::Recipe recipe;
  recipe.extensions.emplace_back(NID_certificate_policies, "DER:300a3008060667810c010201");  // 2.23.140.1.2.1
  Path sound = two_hops();
  tell_inspection(subject, std::vector{make(recipe, &root).certificate}, {}, sound);
  subject.expected_issuer = "Company Proxy";
  tell_inspection(subject, chain_from("Company Proxy CA"), {}, sound);
  CHECK(sound.worst() == Level::Ok);
}

TEST_CASE("nothing is told where nothing can be compared") {
  Path path = two_hops();
  tell_inspection(subject_of(), chain_from("Company CA"), {}, path);
  tell_inspection(subject_of(), {}, {}, path);
  CHECK(path.in_order().empty());
}

}  // namespace
}  // namespace pforte::doctor
