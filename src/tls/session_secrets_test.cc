#include <doctest/doctest.h>

#include "tls/session.h"
#include "tls/testing.h"

namespace pforte::tls {
namespace {

using namespace testing;

// Keeps the secrets of those who ask for one host.
class Listening final : public SecretsListener {
 public:
  explicit Listening(std::string wanted) : wanted_(std::move(wanted)) {}
  bool wants_secrets(std::string_view server_name) override {
    asked += server_name;
    return server_name == wanted_;
  }
  void secret(std::string_view line) override { told.emplace_back(line); }

  std::string asked;
  std::vector<std::string> told;

 private:
  std::string wanted_;
};

// A client of one version that asks for app.example, and an answer for it.
void shake_hands(Listening* listening, int version) {
  net::Loop loop;
  net::MemoryPipe pipe(loop);
  std::shared_ptr<const ServerContext> context = context_of(issue({}, nullptr));
  auto server = Session::accept(pipe.own_right(), one_site("app.example", context), TicketKeys::make());
  if (listening) server->tell_secrets_to(*listening);
  PlainClient client("app.example");
  SSL_set_max_proto_version(client.ssl(), version);
  auto serve = [](Session& session) -> Task<> {
    co_await session.handshake();
    co_await net::write_all(session, "answer");
    co_await net::flush(session);
    co_return {};
  };
  auto listen = [](PlainClient& one, net::Stream& stream) -> Task<> {
    std::string got = co_await one.talk(stream, 6);
    CHECK(got == "answer");
    co_return {};
  };
  Result<> done = net::run(loop, net::both(serve(*server), listen(client, pipe.left)));
  CHECK(done.has_value());
  CHECK(server->context() == context.get());
}

std::string labels(const Listening& listening) {
  std::string all;
  for (const std::string& line : listening.told) all += line.substr(0, line.find(' ')) + ' ';
  return all;
}

}  // namespace

TEST_CASE("who wants the secrets of a connection is told what a key log has of it") {
  Listening of12("app.example"), of13("app.example");
  shake_hands(&of12, TLS1_2_VERSION);
  shake_hands(&of13, TLS1_3_VERSION);
  CHECK(of12.asked == "app.example");
  CHECK(labels(of12) == "CLIENT_RANDOM ");
  for (const char* label : {"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
                            "CLIENT_TRAFFIC_SECRET_0 ", "SERVER_TRAFFIC_SECRET_0 "}) {
    CAPTURE(label);
    CHECK(labels(of13).find(label) != std::string::npos);
  }
}

TEST_CASE("who does not want them once the client has named its host is told nothing") {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Listening listening("other.example");
    shake_hands(&listening, version);
    CHECK(listening.asked == "app.example");
    CHECK(listening.told.empty());
    shake_hands(nullptr, version);
  }
}

TEST_CASE("the context that tells is made once, and is another than that of those who tell nothing") {
  std::shared_ptr<const ServerContext> context = context_of(issue({}, nullptr));
  CHECK(context->telling() != context->native());
  CHECK(context->telling() == context->telling());
  bool tells = SSL_CTX_get_keylog_callback(context->native()) != nullptr;
  CHECK(!tells);
  CHECK(SSL_CTX_get0_certificate(context->telling()) == SSL_CTX_get0_certificate(context->native()));
}

}  // namespace pforte::tls
