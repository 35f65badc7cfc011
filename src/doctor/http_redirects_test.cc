#include "doctor/http_redirects.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

TEST_CASE("a Location is resolved against the address that was asked for") {
  struct Row {
    std::string_view location, want;
  };
  const Row rows[] = {
      {"/login", "https://crm.example.com:8443/login"},
      {"login?x=1#top", "https://crm.example.com:8443/app/login?x=1"},
      {"../a/./b/", "https://crm.example.com:8443/a/b/"},
      {"../../..", "https://crm.example.com:8443/"},
      {"?q=2", "https://crm.example.com:8443/app/page?q=2"},
      {"//other.example.com/x", "https://other.example.com/x"},
      {"http://crm.example.com/", "http://crm.example.com/"},
      {"HTTPS://CRM.example.com/a:b", "https://crm.example.com/a:b"},
      {"/a:b", "https://crm.example.com:8443/a:b"},
  };
  Destination from = read_url("https://crm.example.com:8443/app/page?q=1").value();
  for (const Row& row : rows) {
    CAPTURE(row.location);
    std::optional<Destination> got = resolve_location(from, row.location);
    REQUIRE(got);
    CHECK(to_text(*got) == row.want);
  }
}

TEST_CASE("what is no address of http or https leads nowhere") {
  Destination from = read_url("https://crm.example.com/").value();
  for (std::string_view location : {"", "#top", "mailto:eva@example.com", "https://", "http://[::1/", "javascript:x"}) {
    CAPTURE(location);
    CHECK(!resolve_location(from, location));
  }
}

TEST_CASE("names and addresses of the inside are told from those of the outside") {
  for (std::string_view inside : {"crm", "tomcat01.intern", "a.b.local", "10.0.0.1", "172.16.0.1", "172.31.9.9",
                                  "192.168.1.1", "fd00::1", "127.0.0.1"}) {
    CAPTURE(inside);
    CHECK(is_internal(inside));
  }
  for (std::string_view outside : {"crm.example.com", "172.32.0.1", "8.8.8.8", "2001:db8::1", "fd.example.com"}) {
    CAPTURE(outside);
    CHECK(!is_internal(outside));
  }
}

}  // namespace
}  // namespace pforte::doctor
