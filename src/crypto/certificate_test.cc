#include "crypto/certificate.h"

#include <doctest/doctest.h>

#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using namespace testing;

TEST_CASE("the names of a certificate are its alternative names alone") {
  using Names = std::vector<std::string>;
  struct Row {
    std::string extension;
    Names names;
  };
  const Row rows[] = {
      {"DNS:a.example,DNS:*.b.example,IP:10.0.0.1,IP:2001:db8::1,email:x@y,URI:https://z",
       {"a.example", "*.b.example", "10.0.0.1", "2001:db8::1"}},
      {"", {}},
      {"email:x@y", {}},
  };
  for (const Row& row : rows)
    CHECK(names_of(*issue({.subject = "cn.example", .names = row.extension}, nullptr).chain[0]) == row.names);
}

TEST_CASE("a certificate covers what clients look for, and nothing a wildcard only resembles") {
  struct Row {
    const char* names;
    std::string_view host;
    bool covered;
  };
  const Row rows[] = {
      {"DNS:app.example", "app.example", true},
      {"DNS:App.Example", "aPP.eXAMPLE", true},
      {"DNS:app.example", "pp.example", false},
      {"DNS:app.example", "x.app.example", false},
      {"DNS:*.b.example", "a.b.example", true},
      {"DNS:*.b.example", "A.B.example", true},
      {"DNS:*.b.example", "b.example", false},
      {"DNS:*.b.example", "x.a.b.example", false},
      {"DNS:*.b.example", "*.b.example", true},
      {"DNS:a.b.example", "*.b.example", false},
      {"DNS:*.example", "*.b.example", false},
      {"IP:10.0.0.1", "10.0.0.1", true},
      {"IP:10.0.0.1", "10.0.0.2", false},
      {"IP:2001:db8::1", "2001:db8::1", true},
      {"DNS:*.0.0.1", "10.0.0.1", false},
      {"DNS:a.example", "", false},
      {"", "cn.example", false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.names));
    CAPTURE(row.host);
    Identity identity = issue({.subject = "cn.example", .names = row.names}, nullptr);
    CHECK(covers(*identity.chain[0], row.host) == row.covered);
  }
}

TEST_CASE("a name with a NUL in it covers neither what stands before it nor what comes after") {
  Identity identity = issue({.names = "DNS:x"}, nullptr);
  X509& certificate = *identity.chain[0];
  X509_EXTENSION_free(X509_delete_ext(&certificate, X509_get_ext_by_NID(&certificate, NID_subject_alt_name, -1)));
  Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, "bank.example\0.evil.example", 26);
  GENERAL_NAME_set0_value(name, GEN_DNS, text);
  sk_GENERAL_NAME_push(names.get(), name);
  REQUIRE(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1);
  CHECK(!covers(certificate, "bank.example"));
  CHECK(!covers(certificate, "evil.example"));
}

TEST_CASE("a subject is text of RFC 4514, with letters as they are") {
  Identity identity = issue({.subject = "M\xc3\xbcller, GmbH"}, nullptr);
  CHECK(subject_of(*identity.chain[0]) == "CN=M\xc3\xbcller\\, GmbH");
}

TEST_CASE("dates are seconds of UTC") {
  Identity identity = issue({}, nullptr);
  X509& certificate = *identity.chain[0];
  ASN1_TIME_set_string(X509_getm_notBefore(&certificate), "240229120000Z");
  ASN1_TIME_set_string(X509_getm_notAfter(&certificate), "20510101000000Z");
  using namespace std::chrono;
  CHECK(not_before(certificate) == sys_days(2024y / February / 29) + 12h);
  CHECK(not_after(certificate) == sys_days(2051y / January / 1));
}

}  // namespace
}  // namespace pforte::crypto
