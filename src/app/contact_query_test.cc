#include "app/contact_query.h"

#include <doctest/doctest.h>

using namespace pforte;
using namespace pforte::app;

namespace {

contact::Contact somebody() {
  contact::Contact contact;
  contact.client = net::parse_address("192.0.2.7:4711").value();
  contact.sender = net::parse_address("10.0.0.1:80").value();
  contact.server_name = "crm.example.com";
  contact.host = "CRM.example.com:8443";
  contact.selftest = "K7QM2XPA";
  contact.sign_ins = {{.mark = contact::mark_of("peter"), .code = "sign-in.denied"},
                      {.succeeded = true, .login = "Anna", .principal = "anna.b@EXAMPLE.COM"}};
  return contact;
}

Match match_of_text(std::string_view text) {
  auto query = read_contact_query(std::string(text));
  REQUIRE(query.has_value());
  return match_of(*query, somebody());
}

}  // namespace

TEST_CASE("a client is found by address, network and code") {
  for (std::string_view who : {"192.0.2.7", "192.0.2.0/24", "10.0.0.1", "192.0.2.7:4711", "https://192.0.2.7/x",
                               "[::ffff:192.0.2.7]", "K7QM-2XPA", "k7qm2xpa"}) {
    CAPTURE(who);
    CHECK(match_of_text(who) == Match::Yes);
  }
}

TEST_CASE("a client is found by login and principal, and by the host it asked for, also as a URL") {
  for (std::string_view who : {"anna", "ANNA", "anna.b", "anna.b@example.com"}) {
    CAPTURE(who);
    CHECK(match_of_text(who) == Match::Login);
  }
  for (std::string_view who : {"crm.example.com", "crm.example.com:443", "https://anna@crm.example.com:8443/a?b#c"}) {
    CAPTURE(who);
    CHECK(match_of_text(who) == Match::Host);
  }
}

TEST_CASE("a login that was refused is found by its mark, which others have as well") {
  CHECK(match_of_text("peter") == Match::Perhaps);
  CHECK(match_of_text("PETER") == Match::Perhaps);
  // A host is nobody's login.
  CHECK(match_of_text("https://peter/") == Match::No);
}

TEST_CASE("and by nothing else") {
  for (std::string_view who : {"192.0.2.8", "192.0.3.0/24", "0.0.0.0", "anna.b@other.com", "example.com", "K7QM-2XPB",
                               "::1", "host/x@EXAMPLE.COM"}) {
    CAPTURE(who);
    CHECK(match_of_text(who) <= Match::Perhaps);
  }
}

TEST_CASE("what can be no client is refused with a remedy") {
  for (std::string_view who : {"", " ", "a b", "anna\n", "\x1b[2J", "10.0.0.0/99", "10.0.0.1/8", "10.0.0.0/",
                               "192.0.2.300", "1:2:3", "::1/200", "https://", "https:///path"}) {
    CAPTURE(who);
    auto query = read_contact_query(std::string(who));
    REQUIRE(!query);
    CHECK(query.error().exit == kInvalidInput);
    CHECK(!query.error().remedy.en.empty());
    CHECK(query.error().what.en != query.error().what.de);
    CHECK(!query.error().what.de.contains("is not"));
    CHECK(query.error().what.en.find('\x1b') == std::string::npos);
  }
  CHECK(!read_contact_query(std::string(256, 'a')));
}

TEST_CASE("a range is one only where it has more than one address") {
  CHECK(read_contact_query("192.0.2.0/24")->is_range);
  CHECK(!read_contact_query("192.0.2.7/32")->is_range);
  CHECK(!read_contact_query("2001:db8::1")->is_range);
  CHECK(read_contact_query("2001:db8::/64")->is_range);
}
