#include "acme/url.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

TEST_CASE("an address of a CA has a host, a port and a target") {
  struct Row {
    std::string_view text, host;
    std::uint16_t port;
    std::string_view target, authority;
  };
  const Row rows[] = {
      {"https://ca.example.com/directory", "ca.example.com", 443, "/directory", "ca.example.com"},
      {"HTTPS://CA.Example.com", "ca.example.com", 443, "/", "ca.example.com"},
      {"https://127.0.0.1:14000/dir?x=1", "127.0.0.1", 14000, "/dir?x=1", "127.0.0.1:14000"},
      {"https://[2001:DB8::1]:8443/a/b", "2001:db8::1", 8443, "/a/b", "[2001:db8::1]:8443"},
      {"https://ca.example.com?x", "ca.example.com", 443, "/?x", "ca.example.com"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Result<Url> url = parse_url(row.text);
    REQUIRE(url);
    CHECK(url->host == row.host);
    CHECK(url->port == row.port);
    CHECK(url->target == row.target);
    CHECK(url->authority() == row.authority);
  }
}

TEST_CASE("what is no https address is refused") {
  const std::string_view rows[] = {"",
                                   "http://ca.example.com/",
                                   "https://",
                                   "https:///dir",
                                   "https://a@b/",
                                   "https://a/b#c",
                                   "https://a:0/",
                                   "https://a:65536/",
                                   "https://a:x/",
                                   "https://[::1/",
                                   "https://[zz]/",
                                   "https://a b/",
                                   "https://a/\r\nHost: b",
                                   "https://\xc3\xa4/"};
  for (std::string_view row : rows) {
    CAPTURE(row);
    Result<Url> url = parse_url(row);
    REQUIRE(!url);
    CHECK(url.error().code() == "acme.malformed");
  }
}

}  // namespace
}  // namespace pforte::acme
