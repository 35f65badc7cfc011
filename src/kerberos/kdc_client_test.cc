#include "kerberos/kdc_client.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/descriptor.h"
#include "kerberos/acceptor_testing.h"
#include "kerberos/der.h"

namespace pforte::kerberos {

using namespace std::chrono_literals;
using namespace testing;

namespace {

// The KDC of the stage's first realm, as its krb5.conf names it.
KdcRoute alpha_route(KdcTransport transport = KdcTransport::Tcp) {
  std::string text = read_file(stage().realms.krb5_conf());
  std::size_t at = text.find(" kdc = ") + 7;
  return {*read_kdc_address(text.substr(at, text.find('\n', at) - at)), transport, 5s};
}

const Principal app_principal{{"HTTP", "app.alpha.test"}, "ALPHA.TEST"};
const Principal no_principal{{"nobody"}, "ALPHA.TEST"};

}  // namespace

TEST_CASE("a kdc line names a host and perhaps a port") {
  struct Row {
    std::string_view text, host;
    int port;
  };
  const Row rows[] = {{"dc1.example.com", "dc1.example.com", 88},
                      {"dc1:8888", "dc1", 8888},
                      {"[::1]:99", "::1", 99},
                      {"[2001:db8::1]", "2001:db8::1", 88},
                      {"tcp/dc1", "dc1", 88}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    std::optional<KdcAddress> address = read_kdc_address(row.text);
    REQUIRE(address);
    CHECK(address->host == row.host);
    CHECK(address->port == row.port);
  }
  for (std::string_view none : {"", ":88", "dc1:", "dc1:0", "dc1:70000", "dc1:x", "[::1", "https://dc1/KdcProxy"}) {
    CAPTURE(none);
    CHECK(!read_kdc_address(none));
  }
}

TEST_CASE("a KDC tells without a password what it knows of a client, over UDP and TCP") {
  for (KdcTransport transport : {KdcTransport::Udp, KdcTransport::Tcp}) {
    KdcResult<KdcMessage> unknown = ask_about(alpha_route(transport), no_principal);
    REQUIRE(unknown);
    CHECK(unknown->error == kdc_error::kClientUnknown);
    CHECK(unknown->realm == "ALPHA.TEST");
    CHECK(std::chrono::abs(*unknown->now - std::chrono::system_clock::now()) < 1min);
    KdcResult<KdcMessage> known = ask_about(alpha_route(transport), app_principal);
    REQUIRE(known);
    CHECK(known->kind == KdcMessage::Kind::InitialReply);  // these realms ask for no proof
    REQUIRE(!known->offered.empty());
    CHECK(known->offered[0].encryption == 18);
  }
}

TEST_CASE("a keytab signs in, and the ticket for its service is one that our acceptor takes") {
  KdcResult<KdcClient> client = KdcClient::sign_in(alpha_route(), app_principal, stage().app);
  REQUIRE(client);
  KdcResult<ServiceTicket> ticket = client->ticket_for(alpha_route(), app_principal);
  REQUIRE(ticket);
  CHECK(ticket->reply.ticket_key_version == 1);
  CHECK(ticket->reply.ticket_encryption == 18);
  Gate gate(config_of({{app_service, stage().app}}));
  CHECK(gate.code(*client->token_for(app_principal)) == "accepted");
}

TEST_CASE("what keeps a keytab from signing in is told as the KDC told it") {
  stage();
  KdcResult<KdcClient> unknown = KdcClient::sign_in(alpha_route(), no_principal, stage().app);
  REQUIRE(!unknown);  // the keytab has no key of it
  CHECK(!unknown.error().said);
  std::string file = stage().realms.folder() + "/nobody.keytab";
  add_key(file, no_principal.to_text(), 1);
  KdcResult<KdcClient> refused = KdcClient::sign_in(alpha_route(), no_principal, file);
  REQUIRE(!refused);
  CHECK(refused.error().is(kdc_error::kClientUnknown));
}

TEST_CASE("nobody waits longer than the limit, and each way of not answering has its kind") {
  Descriptor silent(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof any;
  auto* address = reinterpret_cast<sockaddr*>(&any);
  REQUIRE(::bind(silent.number(), address, size) == 0);
  REQUIRE(::getsockname(silent.number(), address, &size) == 0);
  KdcAddress there{"127.0.0.1", ntohs(any.sin_port)};
  auto begun = std::chrono::steady_clock::now();
  CHECK(ask_kdc(there, KdcTransport::Udp, "x", 100ms).error().kind() == Kind::Timeout);
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
  CHECK(ask_kdc(there, KdcTransport::Tcp, "x", 1s).error().code() == "kdc.refused");
  CHECK(ask_kdc({"kdc.invalid", 88}, KdcTransport::Tcp, "x", 1s).error().code() == "kdc.name");
}

TEST_CASE("bytes that are no message of a KDC are none") {
  for (std::string_view bytes : {"", "x", "HTTP/1.1 400 Bad Request", "\x7e\x02\x30\x00", "\x7e\x04\x30\x7f\x00\x00"}) {
    CHECK(!read_kdc_message(bytes));
  }
  // An error needs its code and its time.
  std::string code = der_element(tag::context(6), {der_element(tag::kInteger, {"\x06"})});
  std::string time = der_element(tag::context(4), {der_element(tag::kGeneralizedTime, {"20261122093000Z"})});
  auto message = [](std::string_view fields) {
    return der_element(tag::application(30), {der_element(tag::kSequence, {fields})});
  };
  CHECK(!read_kdc_message(message(code)));
  CHECK(!read_kdc_message(message(time)));
  CHECK(read_kdc_message(message(time + code))->error == 6);
}

}  // namespace pforte::kerberos
