#include "doctor/http_fetch.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

namespace pforte::doctor {
namespace {

bool is_barred_to(std::string_view url, bool vouched_for, bool to_this_machine = false) {
  FetchQuestion question{.url = std::string(url), .most_bytes = 1, .is_vouched_for = vouched_for};
  return bar_on_url(question, {.proxy = nullptr, .to_this_machine = to_this_machine}).has_value();
}

TEST_CASE("nothing but plain HTTP is fetched, whoever names it") {
  for (std::string_view url : {"ldap:///CN=x", "file:///etc/shadow", "https://pki.example/a.crl", "ftp://pki.example/a",
                               "http://user@pki.example/", "http://", "http://a b/"}) {
    CAPTURE(url);
    CHECK(is_barred_to(url, true));
  }
}

TEST_CASE("where no list can be is not asked, whoever names it") {
  for (std::string_view url : {"http://169.254.169.254/latest/meta-data", "http://0.0.0.0/", "http://[fe80::1]/",
                               "http://[::]/", "http://100.100.100.200/", "http://[fd00:ec2::254]/",
                               "http://224.0.0.1/", "http://255.255.255.255/", "http://[ff02::1]/"}) {
    CAPTURE(url);
    CHECK(is_barred_to(url, true));
    CHECK(is_barred_to(url, true, true));
  }
}

TEST_CASE("a stranger sends us to port 80 alone, and not to this machine") {
  for (std::string_view url : {"http://127.0.0.1/", "http://[::1]/", "http://pki.example:8500/v1/kv"}) {
    CAPTURE(url);
    CHECK(is_barred_to(url, false));
    CHECK(!is_barred_to(url, true));
    CHECK(!is_barred_to(url, false, true));
  }
  CHECK(!is_barred_to("http://pki.example/ca.cer", false));
  CHECK(!is_barred_to("http://10.1.2.3/ca.cer", false));
}

TEST_CASE("a stranger sends nobody through a proxy to what is the proxy itself") {
  FetchWay way{.proxy = std::make_shared<const ProxyWay>()};
  for (std::string_view url : {"http://localhost/", "http://a.localhost/", "http://0x7f000001/"}) {
    CAPTURE(url);
    FetchQuestion question{.url = std::string(url), .most_bytes = 1};
    CHECK(bar_on_url(question, way));
    question.is_vouched_for = true;
    CHECK(!bar_on_url(question, way));
  }
  CHECK(!bar_on_url({.url = "http://pki.example/", .most_bytes = 1}, way));
}

TEST_CASE("a name that leads to this machine is as good as its address") {
  FetchQuestion question{.url = "http://pki.example/", .most_bytes = 1};
  CHECK(bar_on_address(question, {}, net::parse_ip("127.0.0.1", 80).value()));
  CHECK(bar_on_address(question, {}, net::parse_ip("169.254.1.1", 80).value()));
  CHECK(bar_on_address(question, {}, net::parse_ip("64:ff9b::a9fe:a9fe", 80).value()));
  CHECK(!bar_on_address(question, {}, net::parse_ip("192.168.1.1", 80).value()));
}

TEST_CASE("what signs in at a proxy is Basic, and nothing where nobody was named") {
  Proxy proxy{.host = "proxy", .port = 3128, .user = "anna"};
  proxy.password = std::make_shared<const Secret>("secret");
  REQUIRE(proxy_authorization(proxy));
  CHECK(proxy_authorization(proxy)->reveal() == "Basic YW5uYTpzZWNyZXQ=");
  proxy.user.clear();
  CHECK(!proxy_authorization(proxy));
}

}  // namespace
}  // namespace pforte::doctor
