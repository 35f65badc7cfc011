#include "crypto/alternative_name.h"

#include <doctest/doctest.h>

namespace pforte::crypto {
namespace {

TEST_CASE("a name is taken for what it looks like, unless a prefix says what it is") {
  struct Row {
    std::string_view text, read;
  };
  const Row rows[] = {
      {"CRM.Example.com", "dns:crm.example.com"},
      {"*.example.com", "dns:*.example.com"},
      {"192.0.2.7", "ip:192.0.2.7"},
      {"[2001:DB8::7]", "ip:2001:db8::7"},
      {"ip:2001:db8:0::7", "ip:2001:db8::7"},
      {"ip:10.0.0.0/8", "ip:10.0.0.0/8"},
      {"Ann@example.com", "email:Ann@example.com"},
      {"uri:urn:example:7", "uri:urn:example:7"},
      {"dns:dns:x", "dns:dns:x"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    std::optional<AlternativeName> name = alternative_name(row.text);
    REQUIRE(name);
    CHECK(text_of(*name) == row.read);
    CHECK(alternative_name(text_of(*name)) == name);
  }
}

TEST_CASE("what is no name is none") {
  for (std::string_view text : {"", "dns:", "ip:crm", "ip:10.0.0.0/33", "ip:10.0.0.0/", "a b", "b\xc3\xbc.example"}) {
    CAPTURE(text);
    CHECK(!alternative_name(text));
  }
}

TEST_CASE("a name passes through OpenSSL unchanged") {
  for (std::string_view text : {"dns:crm.example.com", "ip:192.0.2.7", "ip:2001:db8::7", "email:a@b.example"}) {
    CAPTURE(text);
    AlternativeName name = alternative_name(text).value();
    Owned<GENERAL_NAME, GENERAL_NAME_free> made(general_name(name));
    REQUIRE(made);
    CHECK(alternative_name(*made) == name);
  }
}

}  // namespace
}  // namespace pforte::crypto
