#include "app/node_facts.h"

#include <doctest/doctest.h>

namespace pforte::app {
namespace {

TEST_CASE("nodes that are alike have no difference") {
  NodeFacts node = {{"service HTTP/crm@A", "version 2: aes256-cts-hmac-sha1-96"}, {"[sign_in] map", ""}};
  CHECK(differences(node, node).empty());
  CHECK(differences({}, {}).empty());
}

TEST_CASE("what is on one node alone, and what has another value, is a difference, in the order of names") {
  NodeFacts here = {{"service HTTP/crm@A", "version 2: aes256-cts-hmac-sha1-96"}, {"[ldap] base", "dc=a"}};
  NodeFacts there = {{"service HTTP/crm@A", "version 3: aes256-cts-hmac-sha1-96"}, {"service HTTP/erp@A", "no key"}};
  std::vector<NodeDifference> found = differences(here, there);
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "[ldap] base");
  CHECK(found[0].there.empty());
  CHECK(found[0].what().en == "[ldap] base is dc=a here and not set on the other node");
  CHECK(found[1].here == "version 2: aes256-cts-hmac-sha1-96");
  CHECK(found[1].there == "version 3: aes256-cts-hmac-sha1-96");
  CHECK(found[2].name == "service HTTP/erp@A");
}

TEST_CASE("what another node's file says does not reach a terminal as control characters") {
  NodeDifference one{"[sign_in]\x1b[2J", "", "a\x1b[31mb"};
  CHECK(one.what().en == "[sign_in]\uFFFD[2J is not set here and a\uFFFD[31mb on the other node");
  CHECK(!one.what().de.contains('\x1b'));
}

TEST_CASE("the remedy tells a key that was remade from a service that is not named and from a setting") {
  auto remedy = [](std::string name, std::string here, std::string there) {
    return NodeDifference{std::move(name), std::move(here), std::move(there)}.remedy().en;
  };
  CHECK(remedy("service HTTP/crm@A", "version 2: x", "version 3: x").contains("newest version"));
  CHECK(remedy("service HTTP/crm@A", "", "version 3: x").contains("copy of the same keytab"));
  CHECK(remedy("krb5.conf: libdefaults/clockskew", "300", "60").contains("krb5.conf"));
  CHECK(remedy("[sign_in] session_idle", "60 s", "61 s").contains("set it alike"));
}

}  // namespace
}  // namespace pforte::app
