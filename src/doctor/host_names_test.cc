#include "doctor/host_names.h"

#include <doctest/doctest.h>

#include "doctor/spn_check.h"

namespace pforte::doctor {
namespace {

TEST_CASE("an address is asked for below arpa, octet by octet or nibble by nibble from the end") {
  CHECK(reverse_name(net::parse_ip("192.0.2.7").value()) == "7.2.0.192.in-addr.arpa");
  CHECK(reverse_name(net::parse_ip("2001:db8::1").value()) ==
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

TEST_CASE("a host is served by its name, by a wildcard of one label, or by a site for all") {
  KerberosFacts facts;
  facts.hosts = {{.value = "crm.example.com", .place = {}}, {.value = "*.wiki.example.com", .place = {}}};
  CHECK(is_served(facts, "crm.example.com"));
  CHECK(is_served(facts, "a.wiki.example.com"));
  CHECK(!is_served(facts, "a.b.wiki.example.com"));
  CHECK(!is_served(facts, "wiki.example.com"));
  facts.hosts.push_back({.value = "*", .place = {}});
  CHECK(is_served(facts, "anything"));
}

TEST_CASE("addresses are told from names") {
  for (std::string_view address : {"192.0.2.7", "[2001:db8::1]", "2001:db8::1"}) CHECK(is_address(address));
  for (std::string_view name : {"crm.example.com", "crm", "crm:8443", "1and1.example"}) CHECK(!is_address(name));
}

}  // namespace
}  // namespace pforte::doctor
