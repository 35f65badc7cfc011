#include "identity/ldap_text.h"

#include <doctest/doctest.h>

namespace pforte::identity {

TEST_CASE("nothing in a filter's value means anything") {
  CHECK(escaped_for_filter("susan") == "susan");
  CHECK(escaped_for_filter("*)(uid=*") == "\\2a\\29\\28uid=\\2a");
  CHECK(escaped_for_filter("a\\b") == "a\\5cb");
  CHECK(escaped_for_filter(std::string_view("a\0b", 3)) == "a\\00b");
  CHECK(escaped_for_filter("m\xc3\xbcller") == "m\\c3\\bcller");
}

TEST_CASE("nothing in a name's value means anything") {
  CHECK(escaped_for_dn("susan") == "susan");
  CHECK(escaped_for_dn("Miller, \"Bob\" + <x>;") == "Miller\\2c \\22Bob\\22 \\2b \\3cx\\3e\\3b");
  CHECK(escaped_for_dn(" a b ") == "\\20a b\\20");
  CHECK(escaped_for_dn("#1=\\") == "\\231\\3d\\5c");
  CHECK(escaped_for_dn(std::string_view("a\0b", 3)) == "a\\00b");
}

TEST_CASE("what was filled in is not looked at again") {
  CHECK(filled_in("(&(uid={login})(member={dn}))", {.login = "{dn}", .dn = "{login}"}) ==
        "(&(uid={dn})(member={login}))");
  CHECK(filled_in("{login}@{login}", {.login = "x", .dn = ""}) == "x@x");
}

TEST_CASE("a blank that nobody fills in is found") {
  CHECK(unknown_blank("(uid={login})") == "");
  CHECK(unknown_blank("(&(uid={login})(cn={user}))") == "{user}");
  CHECK(unknown_blank("{log") == "{log");
}

TEST_CASE("a group is called what the first part of its name says") {
  CHECK(group_name("CN=CRM Users,OU=Groups,DC=example,DC=com") == "CRM Users");
  CHECK(group_name("cn=Sales\\, EMEA,dc=x") == "Sales, EMEA");
  CHECK(group_name("cn=K\\C3\\B6ln,dc=x") == "K\xc3\xb6ln");
  CHECK(group_name("cn=a+ou=b,dc=x") == "a");
  CHECK(group_name("staff") == "staff");
  CHECK(group_name("cn=a\\0Ab,dc=x").empty());
  CHECK(group_name("cn=#04024869,dc=x").empty());
  CHECK(group_name("cn=admins,nonsense").empty());
  CHECK(group_name("").empty());
}

TEST_CASE("two spellings of a name are one") {
  CHECK(folded_dn("UID=Susan, OU=People,DC=x") == folded_dn("uid=susan,ou=people,dc=x"));
  CHECK(folded_dn("uid=a\\2Cb,dc=x") == folded_dn("uid=a\\,b,dc=x"));
  CHECK(folded_dn("Susan@EXAMPLE.com") == "susan@example.com");
}

TEST_CASE("a login that nobody can have is known without asking") {
  CHECK(is_askable_login("susan"));
  CHECK(is_askable_login(std::string(256, 'a')));
  for (std::string_view login : {"", " susan", "susan ", "su\nsan", "su\tsan", "\x7f"}) CHECK(!is_askable_login(login));
  CHECK(!is_askable_login(std::string(257, 'a')));
}

}  // namespace pforte::identity
