#include "doctor/name_facts.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

TEST_CASE("resolv.conf and hosts are read as the system reads them") {
  NameFacts facts = read_name_facts(
      "# none\nnameserver 10.0.0.53 ; first\nnameserver nonsense\nnameserver 2001:db8::53\nsearch a.example b.example\n"
      "nameserver 10.0.0.54\nnameserver 10.0.0.55",
      "127.0.0.1\tlocalhost\n\n10.0.0.1 CRM.example crm # ours\nno.address x\n");
  REQUIRE(facts.servers.size() == 3);  // the C library asks no more
  CHECK(facts.servers[1].to_text() == "[2001:db8::53]:53");
  CHECK(facts.search == std::vector<std::string>{"a.example", "b.example"});
  REQUIRE(facts.hosts.size() == 3);
  CHECK(facts.hosts[1].name == "crm.example");
  CHECK(facts.hosts[2].line == 3);
}

TEST_CASE("addresses that the Internet does not carry are private") {
  for (std::string_view ip : {"10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1", "127.0.0.1",
                              "fd00::1", "fe80::1", "::1"}) {
    CAPTURE(ip);
    CHECK(is_private(net::parse_ip(ip).value()));
  }
  for (std::string_view ip : {"172.32.0.1", "192.0.2.1", "2001:db8::1"}) {
    CAPTURE(ip);
    CHECK(!is_private(net::parse_ip(ip).value()));
  }
}

}  // namespace
}  // namespace pforte::doctor
