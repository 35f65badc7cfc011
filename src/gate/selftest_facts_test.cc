#include "gate/selftest_facts.h"

#include <doctest/doctest.h>

namespace pforte::gate {
namespace {

TEST_CASE("what the self-test page shows is shown from the contact as well") {
  SelfTestFacts facts{.tls_version = "TLSv1.3",
                      .cipher = "TLS_AES_128_GCM_SHA256",
                      .server_name = "crm.example.com",
                      .protocol = "HTTP/2",
                      .certificate = "crm.example.com,www.example.com",
                      .valid_until = "2027-01-01T00:00:00Z",
                      .client = "192.0.2.7",
                      .language = "de-DE,de;q=0.9",
                      .cookie = "yes",
                      .ticket = "kerberos",
                      .bytes = "1432",
                      .service = "HTTP/crm.example.com@EXAMPLE.COM"};
  contact::Contact contact;
  contact.client = net::parse_address("192.0.2.7:4000").value();
  contact.tls_version = facts.tls_version;
  contact.cipher = facts.cipher;
  contact.server_name = facts.server_name;
  contact.protocol = "h2";
  contact.findings = findings_of(facts);
  CHECK(
      contact.findings.starts_with("cookie=yes ticket=kerberos bytes=1432 service=HTTP/crm.example.com@EXAMPLE.COM "));
  std::vector<SelfTestRow> shown = rows_of(facts), kept = rows_of(facts_of(contact));
  REQUIRE(shown.size() == 9);
  REQUIRE(kept.size() == shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    CHECK(kept[i].what.en == shown[i].what.en);
    CHECK(kept[i].value == shown[i].value);
    CHECK(kept[i].advice.en == shown[i].advice.en);
  }
}

TEST_CASE("what a browser sends as its language makes no finding of its own, and what was cut is left out") {
  SelfTestFacts facts{.language = "de ticket=kerberos", .cookie = "no", .ticket = "none"};
  contact::Contact contact;
  contact.findings = findings_of(facts);
  CHECK(contact.findings == "cookie=no ticket=none language=deticket=kerberos");
  CHECK(facts_of(contact).ticket == "none");
  contact.findings = "cookie=no ticket=none langu";
  CHECK(facts_of(contact).language.empty());
  CHECK(facts_of(contact).cookie == "no");
}

}  // namespace
}  // namespace pforte::gate
