#include "pki/peer_name.h"

#include <doctest/doctest.h>

#include <string_view>

namespace pforte::pki {
namespace {

TEST_CASE("a name is read with its form, and an address is never a DNS name") {
  struct Row {
    std::string_view text, shown;
    NameForm form;
  };
  const Row rows[] = {
      {"dns:www.example.com", "www.example.com", NameForm::Dns},
      {"dns:www.example.com.", "www.example.com", NameForm::Dns},
      {"dns:127.0.0.1", "127.0.0.1", NameForm::Ip},
      {"ip:2001:DB8::1", "2001:db8::1", NameForm::Ip},
      {"ip:[::1]", "::1", NameForm::Ip},
      {"email:jo@example.com", "jo@example.com", NameForm::Mail},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto name = read_peer_name(row.text);
    REQUIRE(name);
    CHECK(name->text() == row.shown);
    CHECK(name->form == row.form);
  }
  for (std::string_view text :
       {"", "www.example.com", "dns:", "dns:.", "ip:www.example.com", "email:jo", "uri:http://x"})
    CHECK(!read_peer_name(text));
}

TEST_CASE("a wildcard stands for the whole left-most label, and for one (RFC 9525, 6.3)") {
  struct Row {
    std::string_view presented, host;
    bool same;
  };
  const Row rows[] = {
      {"www.example.com", "WWW.Example.COM", true},
      {"www.example.com.", "www.example.com", true},
      {"*.example.com", "www.example.com", true},
      {"*.example.com", "example.com", false},
      {"*.example.com", "a.b.example.com", false},
      {"w*.example.com", "www.example.com", false},
      {"www.*.com", "www.example.com", false},
      {"*", "localhost", false},
      {"*.example.com", ".example.com", false},
      {"*.example.com", "*.example.com", false},
      {"", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.presented);
    CHECK(matches_dns(row.presented, row.host) == row.same);
  }
}

TEST_CASE("a host name has labels of letters, digits and hyphens") {
  for (std::string_view name : {"localhost", "a.b-c.example", "*.example.com", "127.0.0.1", "xn--mnchen-3ya.de"})
    CHECK(is_host_name(name));
  for (std::string_view name :
       {"", "*", "*.", ".example.com", "a..b", "a_b.example", "-a.example", "w*.example.com", "m\xc3\xbcnchen.de"})
    CHECK(!is_host_name(name));
}

}  // namespace
}  // namespace pforte::pki
