#include "gate/health_check.h"

#include "base/text.h"
#include "gate/dial.h"
#include "http/h1_client.h"
#include "http/h2_client.h"
#include "net/together.h"

namespace pforte::gate {

namespace {

// What is read of the body of a good answer, to see that it comes and what it says.
constexpr std::size_t kMostBody = 64UZ * 1024;

std::unexpected<Error> unhealthy(const HealthConfig& config, std::string_view what) {
  return fail(Kind::Unavailable, "backend.unhealthy", cat("GET ", config.path, " was answered ", what));
}

net::Task<> begin_request(http::ClientExchange& client, const Server& server, const HealthConfig& config) {
  std::string host = config.host.empty() ? server.url().substr(server.url().find("//") + 2) : config.host;
  http::RequestHead head;
  head.method = http::Method::Get;
  head.method_text = "GET";
  head.path = config.path;
  head.fields = {{"Host", host, http::FieldName::Host}, {"User-Agent", "pforte-health", http::FieldName::UserAgent}};
  client.begin(head);
  co_await client.write({}, http::More::Ends);
  co_return {};
}

net::Task<> read_body(http::ClientExchange& client, const HealthConfig& config) {
  std::string text;
  for (std::size_t read = 0; read < kMostBody;) {
    http::Piece piece = co_await client.read_body();
    if (!config.body.empty()) text += piece.bytes.substr(0, kMostBody - read);
    read += piece.bytes.size();
    if (piece.last) break;
  }
  if (!text.contains(config.body)) co_return unhealthy(config, cat("without \"", config.body, '"'));
  co_return {};
}

net::Task<> question(http::ClientExchange& client, const Server& server, const HealthConfig& config) {
  co_await begin_request(client, server, config);
  const http::ResponseHead* answer = co_await client.read_head();
  while (answer->is_interim()) answer = co_await client.read_head();
  auto status = unsigned(answer->status);
  if (status < config.expect_from || status > config.expect_to) co_return unhealthy(config, cat("with ", status));
  co_await read_body(client, config);
  co_return {};
}

net::Task<> ask(net::Loop& loop, Server& server, const HealthConfig& config) {
  Line line = co_await dial(loop, server, config.timeout);
  if (!line.http2) {
    http::H1Client client(loop, std::move(line.stream));
    co_await question(client, server, config);
    co_return {};
  }
  http::H2Client client(loop, std::move(line.stream), server.tls() ? "https" : "http");
  Result<> greeted = co_await outcome(client.greeted());
  if (!greeted) co_return std::unexpected(not_greeted(server, greeted.error()));
  if (!client.has_room()) co_return fail(Kind::Unavailable, "backend.no-http2", "the server allows no request at all");
  std::unique_ptr<http::ClientExchange> exchange = client.open();
  co_await question(*exchange, server, config);
  co_return {};
}

net::Task<> greet(net::Loop& loop, Server& server, const HealthConfig& config) {
  if (config.kind == HealthKind::Tls) {
    co_await dial(loop, server, config.timeout);
  } else {
    co_await reach(loop, server, config.timeout);
  }
  co_return {};
}

}  // namespace

net::Task<> check_health(net::Loop& loop, Server& server, const HealthConfig& config) {
  net::Task<> check = config.kind == HealthKind::Http ? ask(loop, server, config) : greet(loop, server, config);
  Result<> well = co_await outcome(net::within(loop, config.timeout, std::move(check)));
  if (well || well.error().kind() != Kind::Timeout) co_return well;
  co_return fail(Kind::Timeout, "backend.check-timeout",
                 cat(server.url(), ": the check took longer than ", config.timeout.count(), " ms"));
}

}  // namespace pforte::gate
