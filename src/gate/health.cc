#include "gate/health.h"

#include "base/log.h"
#include "base/text.h"
#include "gate/dial.h"
#include "http/h1_client.h"
#include "net/resolver.h"

namespace pforte::gate {

namespace {

constexpr net::Duration kLookUpEvery = std::chrono::seconds(30);

// What is read of the body of a good answer, to see that it comes.
constexpr std::size_t kMostBody = 64UZ * 1024;

}  // namespace

Health::Health(net::Loop& loop, net::Pool& pool, std::shared_ptr<const Plan> plan)
    : loop_(loop), pool_(pool), plan_(std::move(plan)) {
  for (const auto& backend : plan_->backends) {
    for (const std::shared_ptr<Server>& server : backend->servers) {
      if (backend->config.health) running_.emplace_back(watch(server, backend->config));
      if (server->named()) running_.emplace_back(look_up_again(server));
    }
  }
}

net::Task<> Health::watch(std::shared_ptr<Server> server, const BackendConfig& config) {
  for (;;) {
    Result<> well = co_await outcome(net::within(loop_, config.health->timeout, ask(*server, *config.health)));
    // That we have no descriptor left says nothing about the server.
    bool ours = !well && well.error().code() == "gate.no-descriptor";
    std::string reason = well ? std::string() : well.error().text();
    if (!ours && server->judged(well.has_value(), reason)) {
      if (well) {
        log::info("backend.up", {{"backend", config.name.value}, {"server", server->url()}});
      } else {
        log::error("backend.down", {{"backend", config.name.value}, {"server", server->url()}, {"reason", reason}});
      }
    }
    co_await loop_.sleep_for(config.health->every);
  }
}

net::Task<> Health::ask(Server& server, const HealthConfig& config) {
  std::unique_ptr<net::Stream> stream = co_await dial(loop_, server, config.timeout);
  http::H1Client client(loop_, std::move(stream));
  std::string host = config.host.empty() ? server.url().substr(server.url().find("//") + 2) : config.host;
  http::RequestHead head;
  head.method = http::Method::Get;
  head.method_text = "GET";
  head.path = config.path;
  head.fields = {{"Host", host, http::FieldName::Host}, {"User-Agent", "pforte-health", http::FieldName::UserAgent}};
  client.begin(head);
  co_await client.write({}, http::More::Ends);
  const http::ResponseHead* answer = co_await client.read_head();
  while (answer->is_interim()) answer = co_await client.read_head();
  auto status = unsigned(answer->status);
  if (status < config.expect_from || status > config.expect_to) {
    co_return fail(Kind::Unavailable, "backend.unhealthy", cat("GET ", config.path, " was answered with ", status));
  }
  for (std::size_t read = 0; read < kMostBody;) {
    http::Piece piece = co_await client.read_body();
    if (piece.last) break;
    read += piece.bytes.size();
  }
  co_return {};
}

net::Task<> Health::look_up_again(std::shared_ptr<Server> server) {
  for (;;) {
    co_await loop_.sleep_for(kLookUpEvery);
    std::string host = server->host();
    std::uint16_t port = server->port();
    auto work = [host, port] { return net::look_up(host, port); };
    Result<std::vector<net::Address>> found =
        co_await outcome(pool_.run<std::vector<net::Address>>(loop_, std::move(work)));
    // While nobody can be asked, what was found before holds.
    if (found && *found != *server->addresses()) server->addresses(*std::move(found));
  }
}

}  // namespace pforte::gate
