#include "kerberos/principal.h"

#include <doctest/doctest.h>
#include <krb5/krb5.h>

#include <array>

namespace pforte::kerberos {

using namespace std::string_view_literals;

TEST_CASE("a principal is read as it is written") {
  struct Row {
    std::string_view text;
    std::vector<std::string> components;
    std::string realm;
  };
  const Row rows[] = {
      {"susan@EXAMPLE.COM", {"susan"}, "EXAMPLE.COM"},
      {"HTTP/crm.example.com@EXAMPLE.COM", {"HTTP", "crm.example.com"}, "EXAMPLE.COM"},
      {"a/b/c@R", {"a", "b", "c"}, "R"},
      {R"(su\@san@R)", {"su@san"}, "R"},
      {R"(a\/b@R)", {"a/b"}, "R"},
      {R"(a\\b@R)", {R"(a\b)"}, "R"},
      {R"(a\n\t\b\0z@R)", {std::string("a\n\t\b\0z", 6)}, "R"},
      {R"(a@R\@S)", {"a"}, "R@S"},
      {"J\xc3\xbcrgen@R", {"J\xc3\xbcrgen"}, "R"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Result<Principal> got = parse_principal(row.text);
    REQUIRE(got);
    CHECK(got->components == row.components);
    CHECK(got->realm == row.realm);
    CHECK(got->to_text() == row.text);
  }
}

TEST_CASE("a principal without a realm gets the default one, and needs it") {
  CHECK(parse_principal("susan", "R")->to_text() == "susan@R");
  CHECK(parse_principal("susan@S", "R")->to_text() == "susan@S");
  CHECK(!parse_principal("susan"));
}

TEST_CASE("a malformed principal says what is wrong with it") {
  struct Row {
    std::string_view text, why;
  };
  const Row rows[] = {
      {"", "no realm"},
      {"@R", "empty component"},
      {"/x@R", "empty component"},
      {"x/@R", "empty component"},
      {"x@", "empty realm"},
      {"x@A@B", "two realms"},
      {"x@A/B", "slash in its realm"},
      {"x@R\\", "middle of an escape"},
      {"x\0y@R"sv, "NUL"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Result<Principal> got = parse_principal(row.text);
    REQUIRE(!got);
    CHECK(got.error().kind() == Kind::Invalid);
    CHECK(got.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("people, services and machines are told apart") {
  CHECK(parse_principal("susan@R")->is_simple());
  CHECK(!parse_principal("susan/admin@R")->is_simple());
  CHECK(parse_principal("pc01$@R")->is_machine());
  CHECK(!parse_principal("pc01$/x@R")->is_machine());
}

TEST_CASE("case matters") {
  CHECK(*parse_principal("susan@R") == *parse_principal("susan@R"));
  CHECK(*parse_principal("susan@R") != *parse_principal("Susan@R"));
  CHECK(*parse_principal("susan@R") != *parse_principal("susan@r"));
}

TEST_CASE("names are written as the Kerberos library writes them") {
  krb5_context context = nullptr;
  REQUIRE(krb5_init_context(&context) == 0);
  std::array<std::string, 5> names = {R"(a\/b\@c\\d@R)", R"(x\n\t\b\0y/z@R\@\/S)", "HTTP/h@R", "a\x01\r@R", "\xff@R"};
  for (const std::string& name : names) {
    CAPTURE(name);
    krb5_principal principal = nullptr;
    REQUIRE(krb5_parse_name(context, name.c_str(), &principal) == 0);
    char* text = nullptr;
    REQUIRE(krb5_unparse_name(context, principal, &text) == 0);
    CHECK(parse_principal(name)->to_text() == text);
    krb5_free_unparsed_name(context, text);
    krb5_free_principal(context, principal);
  }
  krb5_free_context(context);
}

}  // namespace pforte::kerberos
