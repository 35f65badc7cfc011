#include "doctor/http_fields.h"

#include <doctest/doctest.h>

#include <limits>

namespace pforte::doctor {
namespace {

TEST_CASE("HSTS is read as browsers read it") {
  struct Row {
    std::string_view value;
    std::optional<std::uint64_t> age;
  };
  const Row rows[] = {
      {"max-age=31536000", 31536000},
      {"Max-Age=\"300\"; includeSubDomains", 300},
      {"includeSubDomains ; max-age = 17", 17},
      {"max-age=99999999999999999999", std::numeric_limits<std::uint64_t>::max()},
      {"max-age", std::nullopt},
      {"max-age=1y", std::nullopt},
      {"max-age=-1", std::nullopt},
      {"", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    std::optional<Hsts> got = read_hsts(row.value);
    CHECK(got.has_value() == row.age.has_value());
    if (got && row.age) CHECK(got->max_age == *row.age);
  }
}

TEST_CASE("the attributes of a cookie are read whatever their case and place") {
  SentCookie cookie = read_set_cookie("SID=a=b; path=/; SameSite=None; secure;HttpOnly; Domain=.Example.COM");
  CHECK(cookie.name == "SID");
  CHECK(cookie.same_site == "none");
  CHECK(cookie.domain == "example.com");
  CHECK(cookie.secure);
  CHECK(cookie.http_only);
  CHECK(!read_set_cookie("a=b").secure);
  CHECK(read_set_cookie("").name.empty());
}

// What is told about an answer that otherwise has nothing wrong.
std::vector<std::string_view> told_about(std::vector<HttpField> fields, std::string_view url, std::string body = {}) {
  HttpSubject subject{.dial = {}, .destination = read_url(url).value(), .hop = 1};
  Path path("x", {{.name = {"a", "a"}}, {.name = {"b", "b"}}});
  HttpTeller teller(subject, path);
  HttpAnswer answer;
  answer.status = 200;
  answer.fields = std::move(fields);
  answer.body = std::move(body);
  tell_fields(teller, answer, std::chrono::sys_seconds(std::chrono::seconds(784111777)));
  std::vector<std::string_view> ids;
  for (const Finding* one : path.in_order()) {
    if (one->level >= Level::Warning) ids.push_back(one->check.id);
  }
  return ids;
}

TEST_CASE("fields that do harm are told, and others are not") {
  struct Row {
    std::vector<HttpField> fields;
    std::string_view url;
    std::vector<std::string_view> want;
  };
  const Row rows[] = {
      {{}, "https://crm.example.com/", {}},
      {{{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}, "https://crm.example.com/", {}},
      {{{"Date", "Sun, 06 Nov 1994 08:51:37 GMT"}}, "https://crm.example.com/", {"http.clock"}},
      {{{"Date", "Sun, 06 Nov 1994 07:51:37 GMT"}, {"Age", "3600"}}, "https://crm.example.com/", {}},
      {{{"Date", "yesterday"}}, "https://crm.example.com/", {}},
      {{{"strict-transport-security", "max-age=300"}}, "https://10.0.0.1/", {}},
      {{{"Set-Cookie", "a=b; Domain=example.com; Secure; SameSite=Lax"}}, "https://crm.example.com/", {}},
      {{{"Set-Cookie", "a=b; Domain=ample.com; Secure; SameSite=Lax"}},
       "https://crm.example.com/",
       {"http.cookie-refused"}},
      {{{"Set-Cookie", "a=b; SameSite=Lax"}}, "http://crm.example.com/", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.url);
    if (!row.fields.empty()) CAPTURE(row.fields.front().value);
    CHECK(told_about(row.fields, row.url) == row.want);
  }
}

TEST_CASE("a page of https that loads from http:// is told, a link is not") {
  std::vector<HttpField> html = {{"Content-Type", "text/html; charset=utf-8"}};
  CHECK(told_about(html, "https://crm.example.com/", "<img src=\"http://a/b.png\">").size() == 1);
  CHECK(told_about(html, "https://crm.example.com/", "<a href=\"http://a/\">").empty());
  CHECK(told_about(html, "https://crm.example.com/", "<img src=\"http://").size() == 1);
}

}  // namespace
}  // namespace pforte::doctor
