#include "identity/ldap_connection.h"

#include <doctest/doctest.h>
#include <ldap.h>

#include <atomic>
#include <list>
#include <thread>

#include "identity/testing.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using testing::ScriptedServer;
using testing::Slapd;

LdapLink link_to(const std::string& url, const std::string& trust, bool start_tls = false) {
  conf::Problems problems;
  return {.server = read_ldap_server({url, {}}, problems).value(),
          .start_tls = start_tls,
          .trust = trust,
          .timeout = 2000ms};
}

std::string outcome(const LdapLink& link) {
  auto connection = LdapConnection::open(link);
  return connection ? "open" : std::string(connection.error().code());
}

// Answers by RFC 4511: to the first message of a connection, and to the second.
const std::string bound("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", 14);
const std::string nobody("\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00", 14);
const std::string not_understood("\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14);

}  // namespace

TEST_CASE("a server's certificate has to lead to whom we trust, and to carry its address") {
  Slapd right;
  Slapd elsewhere("IP:127.0.0.2");
  Slapd nameless("");
  for (bool start_tls : {false, true}) {
    CAPTURE(start_tls);
    auto try_one = [&](const Slapd& server, const std::string& trust) {
      return outcome(link_to(start_tls ? server.url() : server.tls_url(), trust, start_tls));
    };
    CHECK(try_one(right, right.file("ca.pem")) == "open");
    CHECK(try_one(right, elsewhere.file("ca.pem")) == "ldap.not-trusted");
    CHECK(try_one(right, "system") == "ldap.not-trusted");
    CHECK(try_one(right, "/nowhere.pem") == "ldap.not-trusted");
    CHECK(try_one(elsewhere, elsewhere.file("ca.pem")) == "ldap.not-trusted");
    CHECK(try_one(nameless, nameless.file("ca.pem")) == "ldap.not-trusted");
  }
}

TEST_CASE("a server that speaks no TLS after 1.1 is not trusted") {
  Slapd old("IP:127.0.0.1", "NORMAL:-VERS-ALL:+VERS-TLS1.1");
  auto connection = LdapConnection::open(link_to(old.tls_url(), old.file("ca.pem")));
  REQUIRE(!connection);
  CHECK(connection.error().code() == "ldap.not-trusted");
  CHECK(connection.error().text().ends_with("speaks no TLS 1.2 or later"));
}

TEST_CASE("what ldap.conf or the environment say for other programs changes nothing") {
  Slapd server;
  Slapd other;
  // Both end here.
  int never = LDAP_OPT_X_TLS_NEVER;
  int demand = LDAP_OPT_X_TLS_DEMAND;
  ldap_set_option(nullptr, LDAP_OPT_X_TLS_REQUIRE_CERT, &never);
  ldap_set_option(nullptr, LDAP_OPT_X_TLS_CACERTFILE, server.file("ca.pem").c_str());
  CHECK(outcome(link_to(server.tls_url(), other.file("ca.pem"))) == "ldap.not-trusted");
  ldap_set_option(nullptr, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  ldap_set_option(nullptr, LDAP_OPT_X_TLS_CACERTFILE, nullptr);
}

TEST_CASE("a server that says yes and means nobody is found out") {
  ScriptedServer lying({bound, nobody});
  auto connection = LdapConnection::open(link_to(lying.url(), "system"));
  REQUIRE(connection);
  CHECK(connection->bind("uid=susan", Secret("anything")));
  Result<> somebody = connection->am_i_somebody();
  REQUIRE(!somebody);
  CHECK(somebody.error().code() == "ldap.nobody");
}

TEST_CASE("a server that cannot say who we are is believed") {
  ScriptedServer simple({bound, not_understood});
  auto connection = LdapConnection::open(link_to(simple.url(), "system"));
  REQUIRE(connection);
  CHECK(connection->bind("uid=susan", Secret("anything")));
  CHECK(connection->am_i_somebody());
}

TEST_CASE("a bind without a password is not sent") {
  ScriptedServer eager({bound});
  auto connection = LdapConnection::open(link_to(eager.url(), "system"));
  REQUIRE(connection);
  CHECK(connection->bind("uid=susan", Secret("")).error().code() == "ldap.wrong");
  CHECK(connection->bind("", Secret("x")).error().code() == "ldap.wrong");
  CHECK(connection->bind(std::string("uid=susan\0,x", 12), Secret("x")).error().code() == "ldap.wrong");
}

TEST_CASE("a server that speaks something else is one that does not answer") {
  ScriptedServer web({"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"});
  LdapLink link = link_to(web.url(), "system");
  link.timeout = 300ms;
  auto connection = LdapConnection::open(link);
  REQUIRE(connection);
  Result<> answer = connection->bind("uid=susan", Secret("x"));
  REQUIRE(!answer);
  CHECK((answer.error().kind() == Kind::Closed || answer.error().kind() == Kind::Timeout));
}

TEST_CASE("a server that stops in the middle of an answer is left in time") {
  ScriptedServer stuck({bound.substr(0, 5)});
  LdapLink link = link_to(stuck.url(), "system");
  link.timeout = 300ms;
  auto connection = LdapConnection::open(link);
  REQUIRE(connection);
  auto began = std::chrono::steady_clock::now();
  Result<> answer = connection->bind("uid=susan", Secret("x"));
  CHECK(std::chrono::steady_clock::now() - began < 1s);
  REQUIRE(!answer);
  CHECK(answer.error().code() == "ldap.timeout");
}

TEST_CASE("a server that announces more than fits is left") {
  ScriptedServer huge({"\x30\x84\x7f\xff\xff\xff" + std::string(1000, 'x')});
  auto connection = LdapConnection::open(link_to(huge.url(), "system"));
  REQUIRE(connection);
  Result<> answer = connection->bind("uid=susan", Secret("x"));
  REQUIRE(!answer);
  CHECK(answer.error().kind() == Kind::Closed);
}

TEST_CASE("many threads have connections of their own") {
  Slapd server;
  LdapLink link = link_to(server.tls_url(), server.file("ca.pem"));
  std::atomic<int> good = 0;
  {
    auto work = [&] {
      for (int round = 0; round < 5; ++round) {
        auto connection = LdapConnection::open(link);
        good += connection && connection->bind("uid=susan,ou=people,dc=firma,dc=test", Secret("Pw-susan")) ? 1 : 0;
      }
    };
    std::list<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(work);
  }
  CHECK(good == 40);
}

}  // namespace pforte::identity
