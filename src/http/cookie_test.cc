#include "http/cookie.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pforte::http {

namespace {

constexpr std::string_view kOurs = "__Host-pforte";

bool is_ours(std::string_view name) {
  return name.starts_with(kOurs);
}

Fields with_cookies(std::initializer_list<std::string_view> values) {
  Fields fields{{"Host", "a.example", FieldName::Host}};
  for (std::string_view value : values) fields.push_back({"Cookie", value, FieldName::Cookie});
  fields.push_back({"X-Cookie", "__Host-pforte=no cookie", FieldName::Other});
  return fields;
}

std::vector<std::string_view> found(const Fields& fields) {
  std::vector<std::string_view> values{"left over"};
  find_cookies(fields, kOurs, values);
  return values;
}

std::string without_ours(const Fields& fields) {
  std::string out;
  append_cookies_without(is_ours, fields, out);
  return out;
}

}  // namespace

TEST_CASE("a cookie is found by its exact name, wherever it stands") {
  struct Row {
    std::string_view cookies;
    std::vector<std::string_view> want;
  };
  const Row rows[] = {
      {"__Host-pforte=a", {"a"}},
      {"x=1; __Host-pforte=a; y=2", {"a"}},
      {"x=1;__Host-pforte=a;y=2", {"a"}},
      {" ;; \t__Host-pforte=a \t;", {"a"}},
      {"__Host-pforte=", {""}},
      {"__Host-pforte=a=b", {"a=b"}},
      {"__Host-pforte=\"a\"", {"\"a\""}},
      {"__Host-pforte", {}},
      {"__Host-pforte =a", {}},
      {"__host-pforte=a", {}},
      {"__Host-pforte2=a", {}},
      {"x__Host-pforte=a", {}},
      {"=__Host-pforte=a", {}},
      {"x=__Host-pforte=a", {}},
      {"x=\"; __Host-pforte=a; y=\"", {"a"}},
      {"x=1, __Host-pforte=a", {}},
      {"", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.cookies);
    CHECK(found(with_cookies({row.cookies})) == row.want);
  }
}

TEST_CASE("cookies of one name are all found, in the order sent") {
  Fields fields = with_cookies({"__Host-pforte=planted; x=1; __Host-pforte=ours", "__Host-pforte=third"});
  CHECK(found(fields) == std::vector<std::string_view>{"planted", "ours", "third"});
  CHECK(found({}).empty());
}

TEST_CASE("our cookies are taken out, and all others go on in one field") {
  struct Row {
    std::string_view first, second;
    std::string_view want;
  };
  const Row rows[] = {
      {"__Host-pforte=a", "", ""},
      {"x=1; __Host-pforte=a; y=2", "", "x=1; y=2"},
      {"x=1", "__Host-pforte=a; y=2", "x=1; y=2"},
      {"__Host-pforte-form=a; x=1", "", "x=1"},
      {"__Host-pforte =a; x=1", "", "x=1"},
      {"\t__Host-pforte\t=a; x=1", "", "x=1"},
      {"__Host-pforte; x=1", "", "x=1"},
      {"flag; x=\"a b\"; =nameless", "", "flag; x=\"a b\"; =nameless"},
      // Who takes what stands between quotes for one value would show our cookie to scripts.
      {"x=\"a; __Host-pforte=secret; y=b\"", "", "x=\"a; y=b\""},
      {"x=1;;  ;y=2;", "", "x=1; y=2"},
      {"", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.first);
    Fields fields = with_cookies({row.first, row.second});
    CHECK(without_ours(fields) == row.want);
  }
}

TEST_CASE("whether one of our cookies was taken out is said") {
  auto was_one = [](const Fields& fields) {
    std::string out;
    return append_cookies_without(is_ours, fields, out);
  };
  CHECK(was_one(with_cookies({"x=1", "y=2; __Host-pforte =a"})));
  CHECK(was_one(with_cookies({"__Host-pforte-form=a"})));
  CHECK_FALSE(was_one(with_cookies({"x=__Host-pforte=a; =__Host-pforte"})));
  CHECK_FALSE(was_one(with_cookies({})));
}

TEST_CASE("a new cookie is for TLS and the whole host, and no script reads it") {
  CHECK(set_cookie_text({.name = kOurs, .value = "abc-_"}) ==
        "__Host-pforte=abc-_; Path=/; Secure; HttpOnly; SameSite=Lax");
  CHECK(
      set_cookie_text({.name = kOurs, .value = "a", .same_site = SameSite::Strict, .max_age = std::chrono::hours(1)}) ==
      "__Host-pforte=a; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=3600");
}

TEST_CASE("a cookie is forgotten when it has no time left") {
  std::string text = set_cookie_text({.name = kOurs, .value = "", .max_age = std::chrono::seconds(0)});
  CHECK(text == "__Host-pforte=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST_CASE("no text in a new cookie becomes an attribute, another cookie or another field") {
  for (std::string_view value :
       {"a; Domain=example.com", "a\r\nSet-Cookie: b=c", "a,b", "a b", "\"a\"", "a\\", "\xc3\xbc"}) {
    CAPTURE(value);
    CHECK(set_cookie_text({.name = kOurs, .value = value}).empty());
  }
  CHECK(set_cookie_text({.name = "a=b", .value = "c"}).empty());
  CHECK(set_cookie_text({.name = "", .value = "c"}).empty());
}

}  // namespace pforte::http
