#include <doctest/doctest.h>

#include "base/time.h"
#include "crypto/certificate.h"
#include "tls/testing.h"

namespace pforte::tls {
namespace {

using namespace testing;
using crypto::testing::make_authority;

// How a handshake went, seen from both sides.
struct Meeting {
  std::unique_ptr<Session> server;
  Result<> accepted;
  Result<std::string> heard;
};

Task<> greet(Session& server, Result<>& accepted) {
  accepted = co_await outcome(server.handshake());
  if (accepted) co_await net::write_all(server, "hello");
  if (accepted) co_await net::flush(server);
  server.finish();
  co_return {};
}

Task<> listen(PlainClient& client, net::Stream& stream, Result<std::string>& heard) {
  heard = co_await outcome(client.talk(stream, 5));
  stream.finish();
  co_return {};
}

// A server that greets whoever comes through.
Meeting meet(PlainClient& client, std::shared_ptr<const ServerNames> names,
             const std::shared_ptr<const TicketKeys>& keys = TicketKeys::make(), std::size_t chunk = 65536) {
  net::Loop loop;
  net::MemoryPipe pipe(loop, chunk);
  Meeting meeting{Session::accept(pipe.own_right(), std::move(names), keys), {}, {}};
  Result<> ended = net::run(
      loop, net::within(loop, std::chrono::seconds(20),
                        net::both(greet(*meeting.server, meeting.accepted), listen(client, pipe.left, meeting.heard))));
  CHECK(ended);
  return meeting;
}

std::shared_ptr<const Names> app_example(Profile profile = Profile::Intermediate) {
  return one_site("app.example", context_of(issue({}, nullptr), profile));
}

std::string common_name(const X509* certificate) {
  return certificate ? crypto::subject_of(*certificate) : "nobody";
}

TEST_CASE("both versions of TLS shake hands, however the bytes are cut") {
  auto names = app_example();
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (std::size_t chunk : {1, 2, 7, 4096}) {
      CAPTURE(version);
      CAPTURE(chunk);
      PlainClient client("App.Example");
      SSL_set_max_proto_version(client.ssl(), version);
      Meeting meeting = meet(client, names, TicketKeys::make(), chunk);
      REQUIRE(meeting.accepted);
      CHECK(meeting.heard.value_or("nothing") == "hello");
      CHECK(meeting.server->server_name() == "app.example");
      CHECK(meeting.server->context() == names->find("app.example"));
      CHECK(meeting.server->version() == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"));
      CHECK(meeting.server->cipher() == SSL_get_cipher_name(client.ssl()));
      CHECK(!meeting.server->resumed());
      CHECK(meeting.server->alert() == -1);
    }
  }
}

TEST_CASE("a site is answered with its own certificate") {
  auto names = std::make_shared<Names>();
  names->add("a.example", context_of(issue({.subject = "a"}, nullptr)));
  names->add("b.example", context_of(issue({.subject = "b"}, nullptr)));
  struct Row {
    const char* asked;
    std::string_view answered;
  };
  const Row rows[] = {{"a.example", "CN=a"}, {"b.example", "CN=b"}, {"B.EXAMPLE", "CN=b"}, {nullptr, "CN=a"}};
  for (const Row& row : rows) {
    CAPTURE(row.answered);
    PlainClient client(row.asked);
    Meeting meeting = meet(client, names);
    CHECK(meeting.accepted);
    CHECK(common_name(SSL_get0_peer_certificate(client.ssl())) == row.answered);
  }
}

TEST_CASE("a name that nobody serves is refused with unrecognized_name") {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    PlainClient client("other.example");
    SSL_set_max_proto_version(client.ssl(), version);
    Meeting meeting = meet(client, app_example());
    REQUIRE(!meeting.accepted);
    CHECK(meeting.accepted.error().kind() == Kind::Denied);
    CHECK(client.alert() == SSL_AD_UNRECOGNIZED_NAME);
    CHECK(meeting.server->server_name() == "other.example");
    CHECK(meeting.server->context() == nullptr);
  }
}

TEST_CASE("each client gets the certificate whose key it can check") {
  std::vector<Shown> shown;
  shown.push_back({.identity = issue({.subject = "ec"}, nullptr), .ocsp_answer = {}, .ocsp_until = {}});
  shown.push_back(
      {.identity = issue({.subject = "rsa", .key = KeyType::Rsa}, nullptr), .ocsp_answer = {}, .ocsp_until = {}});
  auto names = one_site("app.example", ServerContext::make(Profile::Intermediate, std::move(shown)).value());
  struct Row {
    int version;
    const char* signatures;
    std::string_view answered;
  };
  const Row rows[] = {
      {TLS1_2_VERSION, "ECDSA+SHA256", "CN=ec"},
      {TLS1_2_VERSION, "RSA-PSS+SHA256:RSA+SHA256", "CN=rsa"},
      {TLS1_3_VERSION, "ECDSA+SHA256", "CN=ec"},
      {TLS1_3_VERSION, "RSA-PSS+SHA256", "CN=rsa"},
      {TLS1_3_VERSION, "ECDSA+SHA256:RSA-PSS+SHA256", "CN=ec"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.version);
    CAPTURE(row.signatures);
    PlainClient client("app.example");
    SSL_set_max_proto_version(client.ssl(), row.version);
    SSL_set1_sigalgs_list(client.ssl(), row.signatures);
    Meeting meeting = meet(client, names);
    CHECK(meeting.accepted);
    CHECK(common_name(SSL_get0_peer_certificate(client.ssl())) == row.answered);
  }
}

TEST_CASE("the intermediates go along with the certificate") {
  crypto::Identity root = make_authority("root");
  crypto::Identity middle = issue({.subject = "middle", .names = "", .authority = true}, &root);
  crypto::Identity leaf = issue({}, &middle);
  leaf.chain.push_back(std::move(middle.chain.front()));
  PlainClient client("app.example");
  Meeting meeting = meet(client, one_site("app.example", context_of(std::move(leaf))));
  CHECK(meeting.accepted);
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(client.ssl());
  REQUIRE(sk_X509_num(chain) == 2);
  CHECK(common_name(sk_X509_value(chain, 1)) == "CN=middle");
}

TEST_CASE("a profile decides which versions and ciphers are spoken") {
  struct Row {
    Profile profile;
    int version;
    const char* ciphers;  // of TLS 1.2
    bool good;
  };
  const Row rows[] = {
      {Profile::Intermediate, TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", true},
      {Profile::Intermediate, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", false},
      {Profile::Intermediate, TLS1_1_VERSION, "ALL:@SECLEVEL=0", false},
      {Profile::Modern, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", false},
      {Profile::Modern, TLS1_3_VERSION, "ALL", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.version);
    CAPTURE(row.ciphers);
    PlainClient client("app.example");
    SSL_set_min_proto_version(client.ssl(), TLS1_VERSION);
    SSL_set_max_proto_version(client.ssl(), row.version);
    SSL_set_cipher_list(client.ssl(), row.ciphers);
    Meeting meeting = meet(client, app_example(row.profile));
    CHECK(meeting.accepted.has_value() == row.good);
    CHECK(meeting.heard.has_value() == row.good);
  }
}

TEST_CASE("the sites of one address keep their own versions") {
  auto names = std::make_shared<Names>();
  names->add("lenient.example", context_of(issue({}, nullptr)));
  names->add("strict.example", context_of(issue({}, nullptr), Profile::Modern));
  auto reversed = std::make_shared<Names>();
  reversed->add("strict.example", context_of(issue({}, nullptr), Profile::Modern));
  reversed->add("lenient.example", context_of(issue({}, nullptr)));
  for (const auto& both_ways : {names, reversed}) {
    for (const char* name : {"lenient.example", "strict.example"}) {
      CAPTURE(name);
      PlainClient client(name);
      SSL_set_max_proto_version(client.ssl(), TLS1_2_VERSION);
      CHECK(meet(client, both_ways).accepted.has_value() == (std::string_view(name) == "lenient.example"));
    }
  }
}

TEST_CASE("a ticket resumes a session with the same site while its key is known") {
  auto keys = TicketKeys::make();
  auto names = std::make_shared<Names>();
  names->add("app.example", context_of(issue({}, nullptr)));
  names->add("other.example", context_of(issue({}, nullptr)));
  struct Row {
    const char* name;
    int rotations;
    bool resumed;
  };
  const Row rows[] = {
      {"app.example", 0, true}, {"app.example", 1, true}, {"app.example", 2, false}, {"other.example", 0, false}};
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const Row& row : rows) {
      CAPTURE(version);
      CAPTURE(row.name);
      CAPTURE(row.rotations);
      PlainClient first("app.example");
      SSL_set_max_proto_version(first.ssl(), version);
      REQUIRE(meet(first, names, keys).heard);
      auto session = first.session();
      REQUIRE(session);

      auto later = keys;
      for (int i = 0; i < row.rotations; ++i) later = later->rotated();
      PlainClient second(row.name);
      SSL_set_max_proto_version(second.ssl(), version);
      SSL_set_session(second.ssl(), session.get());
      Meeting meeting = meet(second, names, later);
      CHECK(meeting.accepted);
      CHECK(meeting.heard);
      CHECK(meeting.server->resumed() == row.resumed);
    }
  }
}

TEST_CASE("a ticket sealed with the key before is replaced by one that lives on") {
  auto names = app_example();
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    auto keys = TicketKeys::make();
    std::unique_ptr<SSL_SESSION, crypto::Release<SSL_SESSION_free>> ticket;
    for (int round = 0; round < 4; ++round) {
      CAPTURE(round);
      PlainClient client("app.example");
      SSL_set_max_proto_version(client.ssl(), version);
      if (ticket) SSL_set_session(client.ssl(), ticket.get());
      CHECK(meet(client, names, keys).server->resumed() == (round > 0));
      ticket = client.session();
      REQUIRE(ticket);
      keys = keys->rotated();
    }
  }
}

TEST_CASE("who looks for a proof gets no ticket") {
  auto names = std::make_shared<Names>();
  names->add("app.example", context_of(issue({}, nullptr)));
  names->prove(
      ServerContext::make_for_proof({.identity = issue({}, nullptr), .ocsp_answer = {}, .ocsp_until = {}}).value());
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    PlainClient client("app.example");
    SSL_set_max_proto_version(client.ssl(), version);
    SSL_set_alpn_protos(client.ssl(),
                        reinterpret_cast<const unsigned char*>("\x0a"
                                                               "acme-tls/1"),
                        11);
    Meeting meeting = meet(client, names);
    CHECK(meeting.accepted);
    CHECK(meeting.server->protocol() == kProofProtocol);
    CHECK(!client.session());
  }
}

TEST_CASE("HTTP/1.1 is agreed on where the client offers it, and nothing else is") {
  struct Row {
    std::string_view offered, chosen;
    bool good;
  };
  const Row rows[] = {
      {"", "", true},
      {"\x08http/1.1", "http/1.1", true},
      {"\x02h2\x08http/1.1", "http/1.1", true},
      {"\x02h2", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.offered);
    PlainClient client("app.example");
    SSL_set_alpn_protos(client.ssl(), reinterpret_cast<const unsigned char*>(row.offered.data()),
                        unsigned(row.offered.size()));
    Meeting meeting = meet(client, app_example());
    CHECK(meeting.accepted.has_value() == row.good);
    if (!row.good) CHECK(client.alert() == SSL_AD_NO_APPLICATION_PROTOCOL);
    if (row.good) CHECK(meeting.server->protocol() == row.chosen);
  }
}

TEST_CASE("an OCSP answer is stapled for who asks, as long as it is valid") {
  auto now = now_in_seconds();
  struct Row {
    bool asked;
    std::chrono::sys_seconds until;
    std::string_view stapled;
  };
  const Row rows[] = {
      {true, now + std::chrono::hours(1), "of the ec"},
      {false, now + std::chrono::hours(1), ""},
      {true, now - std::chrono::hours(1), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.asked);
    std::vector<Shown> shown;
    shown.push_back(
        {.identity = issue({.key = KeyType::Rsa}, nullptr), .ocsp_answer = "of the rsa", .ocsp_until = row.until});
    shown.push_back({.identity = issue({}, nullptr), .ocsp_answer = "of the ec", .ocsp_until = row.until});
    auto names = one_site("app.example", ServerContext::make(Profile::Intermediate, std::move(shown)).value());
    PlainClient client("app.example");
    SSL_set1_sigalgs_list(client.ssl(), "ECDSA+SHA256");
    if (row.asked) SSL_set_tlsext_status_type(client.ssl(), TLSEXT_STATUSTYPE_ocsp);
    CHECK(meet(client, names).accepted);
    const unsigned char* answer = nullptr;
    long size = SSL_get_tlsext_status_ocsp_resp(client.ssl(), static_cast<void*>(&answer));
    CHECK(std::string_view(reinterpret_cast<const char*>(answer), std::size_t(std::max(size, 0L))) == row.stapled);
  }
}

TEST_CASE("bytes that are no handshake are refused, and their end is a closed connection") {
  struct Row {
    std::string_view sent;
    Kind kind;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\n\r\n", Kind::Denied},
      {"", Kind::Closed},
      {std::string_view("\x16\x03\x01\x00\x05\x01", 6), Kind::Closed},
      {std::string_view("\x16\x03\x01\xff\xff\x01\x00\x00", 8), Kind::Denied},
      {std::string_view("\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9), Kind::Denied},
      {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", Kind::Denied},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sent);
    net::Loop loop;
    net::MemoryPipe pipe(loop);
    auto session = Session::accept(pipe.own_right(), app_example(), TicketKeys::make());
    pipe.left.try_write(std::span(&row.sent, 1));
    pipe.left.finish();
    Result<> accepted = net::run(loop, session->handshake());
    REQUIRE(!accepted);
    CHECK(accepted.error().kind() == row.kind);
    CHECK(!accepted.error().text().empty());
  }
}

TEST_CASE("a client that says nothing runs into the deadline of the stream") {
  net::Loop loop;
  net::MemoryPipe pipe(loop);
  auto session = Session::accept(pipe.own_right(), app_example(), TicketKeys::make());
  session->read_deadline(loop.now() + std::chrono::milliseconds(5));
  Result<> accepted = net::run(loop, session->handshake());
  REQUIRE(!accepted);
  CHECK(accepted.error().kind() == Kind::Timeout);
}

}  // namespace
}  // namespace pforte::tls
