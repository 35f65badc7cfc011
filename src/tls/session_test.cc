#include "tls/session.h"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "crypto/certificate.h"
#include "tls/doctor_mark.h"
#include "tls/testing.h"

namespace pforte::tls {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using crypto::testing::Folder;
using crypto::testing::make_authority;

// Trusts one certificate.
std::shared_ptr<const ClientContext> trusting(X509& root) {
  return ClientContext::make(crypto::testing::pem_of(root)).value();
}

// Two ends of one TLS connection, not yet shaken.
struct Pair {
  explicit Pair(net::Loop& loop, std::size_t chunk = 65536, std::size_t room = 65536) : pipe(loop, chunk, room) {
    crypto::Identity identity = issue({}, nullptr);
    trust = trusting(*identity.chain.front());
    client = Session::connect(pipe.own_left(), *trust, "app.example");
    server =
        Session::accept(pipe.own_right(), one_site("app.example", context_of(std::move(identity))), TicketKeys::make());
  }
  void limit_to(int version) const { SSL_CTX_set_max_proto_version(trust->native(), version); }

  net::MemoryPipe pipe;
  std::shared_ptr<const ClientContext> trust;
  std::unique_ptr<Session> client;
  std::unique_ptr<Session> server;
};

// In TLS 1.3 the client's last flight waits for its first bytes.
Task<> shake_and_flush(Session& client) {
  co_await client.handshake();
  co_await net::flush(client);
  co_return {};
}

Result<> shake(net::Loop& loop, Pair& pair) {
  return net::run(loop, net::both(shake_and_flush(*pair.client), pair.server->handshake()));
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = char(i * 31 + i / 256);
  return text;
}

Task<> send(net::Stream& stream, std::string_view bytes) {
  co_await net::write_all(stream, bytes);
  co_await net::flush(stream);
  stream.finish();
  co_await net::flush(stream);
  co_return {};
}

Task<> receive(net::Stream& stream, std::string& got) {
  std::string block(50'000, '\0');
  for (;;) {
    std::size_t count = co_await net::read_some(stream, std::span(block.data(), block.size()));
    if (count == 0) co_return {};
    got.append(block, 0, count);
  }
}

Task<> talk(Session& session, std::string_view bytes, std::string& got) {
  co_await session.handshake();
  co_await net::both(send(session, bytes), receive(session, got));
  co_return {};
}

TEST_CASE("bytes cross both ways at once, however they are cut and however little the peer takes") {
  struct Row {
    std::size_t chunk, room, bytes;
  };
  const Row rows[] = {
      {1, 65536, 20'000},       {2, 100, 20'000},        {7, 1, 3'000},
      {4096, 65536, 1'000'000}, {65536, 5'000, 500'000}, {65536, 1'000'000, 3'000'000},
      {65536, 65536, 0},
  };
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const Row& row : rows) {
      CAPTURE(version);
      CAPTURE(row.chunk);
      CAPTURE(row.room);
      net::Loop loop;
      Pair pair(loop, row.chunk, row.room);
      pair.limit_to(version);
      pair.client = Session::connect(pair.pipe.own_left(), *pair.trust, "app.example");
      std::string up = pattern(row.bytes);
      std::string down = pattern(row.bytes / 2);
      std::string at_server;
      std::string at_client;
      Result<> ended = net::run(
          loop,
          net::within(loop, 5s, net::both(talk(*pair.client, up, at_server), talk(*pair.server, down, at_client))));
      CHECK(ended);
      CHECK(at_client == up);
      CHECK(at_server == down);
    }
  }
}

TEST_CASE("several pieces are taken from the front as one flow of bytes") {
  net::Loop loop;
  for (std::size_t size : {1UZ, 4'000UZ, 16'384UZ, 60'000UZ, 200'000UZ}) {
    CAPTURE(size);
    Pair pair(loop, 65536, 1'000'000);
    REQUIRE(shake(loop, pair));
    std::string large = pattern(size);
    const std::string_view pieces[] = {"head", "", large, "tail"};
    std::string all = "head" + large + "tail";
    net::Io io = pair.client->try_write(pieces);
    REQUIRE(io.moved());
    CHECK(io.bytes == std::min(all.size(), net::kRelayBytes));
    REQUIRE(pair.client->try_flush().moved());
    pair.client->finish();
    std::string got;
    CHECK(net::run(loop, receive(*pair.server, got)));
    CHECK(got == all.substr(0, io.bytes));
  }
}

TEST_CASE("a stream whose peer takes nothing is blocked after a bounded amount, and goes on when it reads") {
  net::Loop loop;
  Pair pair(loop, 65536, 10'000);
  REQUIRE(shake(loop, pair));
  std::string block = pattern(100'000);
  std::size_t taken = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string_view piece = block;
    net::Io io = pair.client->try_write(std::span(&piece, 1));
    REQUIRE(io.status != net::Io::Status::Failed);
    if (io.blocked()) break;
    taken += io.bytes;
  }
  CHECK(taken < 400'000);
  CHECK(pair.client->try_flush().blocked());
  std::string got;
  Result<> ended = net::run(loop, net::both(send(*pair.client, "!"), receive(*pair.server, got)));
  CHECK(ended);
  CHECK(got.size() == taken + 1);
}

TEST_CASE("who only looks takes any certificate, and says which name it wants") {
  for (const char* name : {"app.example", "10.0.0.1"}) {
    CAPTURE(name);
    net::Loop loop;
    Pair pair(loop);
    pair.client = Session::connect_to_look(pair.pipe.own_left(), name, Offer::Http1);
    CHECK(shake(loop, pair));
    CHECK(pair.client->protocol() == "http/1.1");
    CHECK(pair.server->server_name() == (name[0] == 'a' ? name : ""));
  }
}

TEST_CASE("the hello of who only looks has the doctor's mark, and that of others has not") {
  for (bool looks : {true, false}) {
    for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      CAPTURE(looks);
      CAPTURE(version);
      net::Loop loop;
      Pair pair(loop);
      pair.limit_to(version);
      pair.client = looks ? Session::connect_to_look(pair.pipe.own_left(), "app.example")
                          : Session::connect(pair.pipe.own_left(), *pair.trust, "app.example");
      pair.server->keep_hello();
      REQUIRE(shake(loop, pair));
      CHECK(pair.server->hello().size() > 100);
      CHECK(has_doctor_mark(pair.server->hello()) == looks);
      pair.server->forget_hello();
      CHECK(pair.server->hello().empty());
    }
  }
}

TEST_CASE("who only looks is told why a server refuses") {
  net::Loop loop;
  Pair pair(loop);
  pair.client = Session::connect_to_look(pair.pipe.own_left(), "other.example");
  Result<> shaken = shake(loop, pair);
  REQUIRE(!shaken);
  CHECK(shaken.error().code() != "tls.not-trusted");
}

TEST_CASE("whoever finishes can still read, and the other learns of it") {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    net::Loop loop;
    Pair pair(loop);
    pair.limit_to(version);
    pair.client = Session::connect(pair.pipe.own_left(), *pair.trust, "app.example");
    REQUIRE(shake(loop, pair));
    pair.client->finish();
    std::string got;
    CHECK(net::run(loop, receive(*pair.server, got)));
    CHECK(got.empty());
    CHECK(net::run(loop, net::both(send(*pair.server, "still here"), receive(*pair.client, got))));
    CHECK(got == "still here");
  }
}

TEST_CASE("old errors in the thread's queue say nothing of a stream") {
  net::Loop loop;
  Pair pair(loop);
  REQUIRE(shake(loop, pair));
  std::string got(100, '\0');
  ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE);
  CHECK(pair.server->try_read(std::span(got.data(), got.size())).blocked());
  CHECK(net::run(loop, net::write_all(*pair.client, "words")));
  pair.client->finish();
  CHECK(pair.server->try_read(std::span(got.data(), got.size())).bytes == 5);
  CHECK(pair.server->try_read(std::span(got.data(), got.size())).status == net::Io::Status::Finished);
  ERR_clear_error();
}

TEST_CASE("a peer that closes without close_notify between two records has finished") {
  net::Loop loop;
  Pair pair(loop);
  REQUIRE(shake(loop, pair));
  CHECK(net::run(loop, net::write_all(*pair.client, "last words")));
  pair.pipe.left.finish();
  std::string got;
  Result<> ended = net::run(loop, receive(*pair.server, got));
  CHECK(ended);
  CHECK(got == "last words");
}

// What the client sends leaves through `edit`.
template <class Edit>
Result<std::string> received_after(Edit edit) {
  net::Loop loop;
  Pair pair(loop);
  REQUIRE(shake(loop, pair));
  CHECK(net::run(loop, net::write_all(*pair.client, "intact ")));
  std::string got(7, '\0');
  std::string sealed(65536, '\0');
  CHECK(pair.server->try_read(std::span(got.data(), got.size())).moved());
  CHECK(net::run(loop, net::write_all(*pair.client, "damaged")));
  net::Io io = pair.pipe.right.try_read(std::span(sealed.data(), sealed.size()));
  sealed.resize(io.bytes);
  edit(sealed);
  CHECK(net::run(loop, net::write_all(pair.pipe.left, sealed)));
  pair.pipe.left.finish();
  Result<> ended = net::run(loop, receive(*pair.server, got));
  if (!ended) return std::unexpected(std::move(ended).error());
  return got;
}

// What the client has sealed and the server has not seen.
std::string taken_from_wire(Pair& pair) {
  std::string sealed(65536, '\0');
  sealed.resize(pair.pipe.right.try_read(std::span(sealed.data(), sealed.size())).bytes);
  return sealed;
}

TEST_CASE("what broke one stream is not said of another") {
  net::Loop loop;
  std::string got(100, '\0');
  Pair damaged(loop);
  REQUIRE(shake(loop, damaged));
  CHECK(net::run(loop, net::write_all(*damaged.client, "good")));
  CHECK(net::run(loop, net::write_all(*damaged.client, "bad")));
  std::string sealed = taken_from_wire(damaged);
  sealed.back() ^= 1;
  CHECK(net::run(loop, net::write_all(damaged.pipe.left, sealed)));
  CHECK(damaged.server->try_read(std::span(got.data(), got.size())).bytes == 4);

  Pair cut(loop);
  REQUIRE(shake(loop, cut));
  CHECK(net::run(loop, net::write_all(*cut.client, "cut")));
  sealed = taken_from_wire(cut);
  sealed.pop_back();
  CHECK(net::run(loop, net::write_all(cut.pipe.left, sealed)));
  cut.pipe.left.finish();
  CHECK(cut.server->try_read(std::span(got.data(), got.size())).status == net::Io::Status::Failed);
  CHECK(cut.server->failure().text() == "the TLS stream is broken");
  CHECK(damaged.server->try_read(std::span(got.data(), got.size())).status == net::Io::Status::Failed);
  CHECK(damaged.server->failure().text().find("mac") != std::string::npos);
}

TEST_CASE("who finishes while the peer takes nothing ends the lower stream behind the last word") {
  net::Loop loop;
  Pair pair(loop, 65536, 1000);
  REQUIRE(shake(loop, pair));
  const std::string much(5000, 'x');
  const std::string_view piece = much;
  CHECK(pair.client->try_write(std::span(&piece, 1)).moved());
  pair.client->finish();
  std::string raw(1000, '\0');
  std::size_t seen = 0;
  net::Io io{net::Io::Status::Moved};
  for (int turn = 0; turn < 100 && io.status != net::Io::Status::Finished; ++turn) {
    pair.client->try_flush();
    io = pair.pipe.right.try_read(std::span(raw.data(), raw.size()));
    seen += io.moved() ? io.bytes : 0;
  }
  CHECK(io.status == net::Io::Status::Finished);
  CHECK(seen > 5000);
}

TEST_CASE("a record that was changed, cut, repeated or invented breaks the stream") {
  using Edit = void (*)(std::string&);
  CHECK(received_after([](std::string&) {}).value_or("broken") == "intact damaged");
  const Edit edits[] = {
      [](std::string& bytes) { bytes.back() = char(bytes.back() ^ 1); },
      [](std::string& bytes) { bytes[0] = 0x14; },
      [](std::string& bytes) { bytes += bytes; },
      [](std::string& bytes) { bytes.insert(0, "\x17\x03\x03 "); },
      [](std::string& bytes) { bytes.assign(1000, 'x'); },
      [](std::string& bytes) { bytes.resize(1); },
      [](std::string& bytes) { bytes.resize(5); },
      [](std::string& bytes) { bytes.resize(6); },
      [](std::string& bytes) { bytes.pop_back(); },
  };
  for (Edit edit : edits) CHECK(!received_after(edit));
}

TEST_CASE("what came before a broken record is still read, then the stream says that it is broken") {
  net::Loop loop;
  Pair pair(loop);
  REQUIRE(shake(loop, pair));
  CHECK(net::run(loop, net::write_all(*pair.client, "good")));
  CHECK(net::run(loop, net::write_all(pair.pipe.left, "garbage garbage")));
  std::string got;
  Result<> ended = net::run(loop, receive(*pair.server, got));
  CHECK(got == "good");
  REQUIRE(!ended);
  CHECK(ended.error().kind() == Kind::Invalid);
  CHECK(ended.error().code() == "tls.broken");
}

TEST_CASE("a dropped connection is the lower stream's failure") {
  net::Loop loop;
  Pair pair(loop);
  REQUIRE(shake(loop, pair));
  pair.pipe.left.drop();
  std::string got;
  for (Session* session : {pair.client.get(), pair.server.get()}) {
    CHECK(session->broken());
    Result<> read = net::run(loop, receive(*session, got));
    REQUIRE(!read);
    CHECK(read.error().code() == "net.memory");
    Result<> written = net::run(loop, send(*session, "to nobody"));
    REQUIRE(!written);
    CHECK(written.error().code() == "net.memory");
  }
}

// What a client says of a server that shows `identity` and that it looks for under `name`.
std::string verdict(crypto::Identity identity, X509& trusted, const std::string& name) {
  net::Loop loop;
  net::MemoryPipe pipe(loop);
  auto trust = trusting(trusted);
  auto client = Session::connect(pipe.own_left(), *trust, name);
  std::string site = name == "APP.example" ? "app.example" : name;
  auto names = one_site(site, context_of(std::move(identity)));
  auto server = Session::accept(pipe.own_right(), names, TicketKeys::make());
  Result<> shaken;
  Result<> accepted;
  auto keep = [](Task<> task, Result<>& place) -> Task<> {
    place = co_await outcome(std::move(task));
    co_return {};
  };
  CHECK(net::run(loop, net::both(keep(shake_and_flush(*client), shaken), keep(server->handshake(), accepted))));
  if (shaken) return client->peer_certificate_ends() > std::chrono::system_clock::now() ? "good" : "strange";
  CHECK(shaken.error().kind() == Kind::Denied);
  CHECK(shaken.error().code() == "tls.not-trusted");
  // In TLS 1.3 the client's refusal arrives after the server thinks that all is well.
  std::string nothing;
  if (accepted) accepted = net::run(loop, receive(*server, nothing));
  CHECK(!accepted);
  CHECK(server->alert() >= 0);
  return shaken.error().text();
}

TEST_CASE("a client believes a server whose chain, name and dates hold, and says which does not") {
  crypto::Identity root = make_authority("root");
  crypto::Identity other = make_authority("root");
  crypto::Identity middle = issue({.subject = "middle", .names = "", .authority = true}, &root);
  crypto::Identity no_authority = issue({.subject = "clerk", .names = ""}, &root);
  X509& anchor = *root.chain.front();
  auto through = [](const crypto::Identity& issuer) {
    crypto::Identity leaf = issue({}, &issuer);
    leaf.chain.emplace_back(X509_dup(issuer.chain.front().get()));
    return leaf;
  };

  CHECK(verdict(issue({}, &root), anchor, "app.example") == "good");
  CHECK(verdict(issue({.key = KeyType::Rsa}, &root), anchor, "APP.example") == "good");
  CHECK(verdict(through(middle), anchor, "app.example") == "good");
  CHECK(verdict(issue({}, &middle), *middle.chain.front(), "app.example") == "good");

  CHECK(verdict(issue({}, &root), *other.chain.front(), "app.example").find("signature") != std::string::npos);
  CHECK(verdict(issue({}, &middle), anchor, "app.example") == "unable to get local issuer certificate");
  CHECK(verdict(through(no_authority), anchor, "app.example") == "invalid CA certificate");
  CHECK(verdict(issue({}, nullptr), anchor, "app.example").find("self-signed") != std::string::npos);
  CHECK(verdict(issue({.days = {-30, -1}}, &root), anchor, "app.example") == "certificate has expired");
  CHECK(verdict(issue({.days = {1, 30}}, &root), anchor, "app.example") == "certificate is not yet valid");
}

TEST_CASE("a client wants the name it looks for among the alternative names") {
  crypto::Identity root = make_authority();
  struct Row {
    std::string names, wanted;
    std::string_view verdict;
  };
  constexpr std::string_view kName = "hostname mismatch";
  constexpr std::string_view kAddress = "IP address mismatch";
  const Row rows[] = {
      {"DNS:app.example", "app.example", "good"},   {"DNS:b.example,DNS:*.b.example", "app.b.example", "good"},
      {"DNS:other.example", "app.example", kName},  {"DNS:*.app.example", "app.example", kName},
      {"DNS:a*.b.example", "app.b.example", kName}, {"", "app.example", kName},
      {"IP:127.0.0.1", "127.0.0.1", "good"},        {"IP:::1", "::1", "good"},
      {"IP:127.0.0.1", "127.0.0.2", kAddress},      {"DNS:127.0.0.1", "127.0.0.1", kAddress},
  };
  for (const Row& row : rows) {
    CAPTURE(row.names);
    CAPTURE(row.wanted);
    crypto::Identity leaf = issue({.subject = "app.example", .names = row.names}, &root);
    CHECK(verdict(std::move(leaf), *root.chain.front(), row.wanted) == row.verdict);
  }
}

TEST_CASE("a trust store must hold certificates, all of them whole") {
  Folder folder;
  CHECK(ClientContext::make(folder.path() + "/none.pem").error().kind() == Kind::NotFound);
  CHECK(ClientContext::make(folder.write("empty.pem", "# nothing\n")).error().code() == "certificate.none");
  std::string damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  CHECK(ClientContext::make(damaged).error().code() == "certificate.damaged");
  CHECK(ClientContext::make("system"));
}

TEST_CASE("a certificate that OpenSSL trusts for some purposes alone is not trusted for all") {
  using Setting = int (*)(X509*, const ASN1_OBJECT*);
  for (Setting setting : {Setting(X509_add1_trust_object), Setting(X509_add1_reject_object)}) {
    crypto::Identity root = make_authority();
    setting(root.chain[0].get(), OBJ_nid2obj(NID_server_auth));
    std::string pem = crypto::testing::trusted_pem_of(*root.chain[0]);
    CHECK(ClientContext::make("\n" + pem).error().code() == "certificate.trust-settings");
  }
}

TEST_CASE("a context knows when its first certificate ends and which hosts it covers") {
  std::vector<Shown> shown;
  shown.push_back(
      {.identity = issue({.names = "DNS:a.example", .days = {-1, 90}}, nullptr), .ocsp_answer = {}, .ocsp_until = {}});
  shown.push_back({.identity = issue({.names = "DNS:b.example", .days = {-1, 10}, .key = KeyType::Rsa}, nullptr),
                   .ocsp_answer = {},
                   .ocsp_until = {}});
  auto context = ServerContext::make(Profile::Modern, std::move(shown)).value();
  CHECK(context->profile() == Profile::Modern);
  CHECK(context->covers("a.example"));
  CHECK(context->covers("b.example"));
  CHECK(!context->covers("c.example"));
  auto days_left = context->expires() - std::chrono::system_clock::now();
  CHECK(days_left > std::chrono::days(9));
  CHECK(days_left < std::chrono::days(11));
}

TEST_CASE("a certificate with a key that is not its own is refused") {
  crypto::Identity identity = issue({}, nullptr);
  identity.key = crypto::testing::make_key();
  std::vector<Shown> shown;
  shown.push_back({.identity = std::move(identity), .ocsp_answer = {}, .ocsp_until = {}});
  auto context = ServerContext::make(Profile::Intermediate, std::move(shown));
  REQUIRE(!context);
  CHECK(context.error().kind() == Kind::Invalid);
}

}  // namespace
}  // namespace pforte::tls
