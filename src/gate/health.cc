#include "gate/health.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "gate/health_check.h"
#include "net/resolver.h"

namespace pforte::gate {

namespace {

// Within which all servers are asked for the first time: not all in one instant.
constexpr net::Duration kLongestStart = std::chrono::seconds(1);

// How often the names of a passthrough's servers are looked up again.
constexpr net::Duration kPassedLookUp = std::chrono::seconds(30);

void tell_change(const Server& server, const BackendConfig& config, const Server::Check& check) {
  if (check.passed) {
    log::info("backend.up", {{"backend", config.name.value}, {"server", server.url()}});
  } else {
    log::error(
        "backend.down",
        {{"backend", config.name.value}, {"server", server.url()}, {"code", check.code}, {"reason", check.reason}});
  }
}

std::string listed(const std::vector<net::Address>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const net::Address& one : addresses) texts.push_back(one.ip_text());
  return joined(texts, ", ");
}

}  // namespace

Health::Health(net::Loop& loop, net::Pool& pool, std::shared_ptr<const Plan> plan)
    : loop_(loop), pool_(pool), plan_(std::move(plan)), dice_(std::random_device{}()) {
  for (const auto& backend : plan_->backends) {
    for (const std::shared_ptr<Server>& server : backend->servers) {
      if (backend->config.health) {
        running_.emplace_back(watch(server, backend->config));
      } else {
        server->unchecked();
      }
      if (server->named()) running_.emplace_back(look_up_again(server, backend->config.look_up_every));
    }
  }
  for (const auto& passthrough : plan_->passthroughs) {
    for (const std::shared_ptr<Server>& server : passthrough->servers()) {
      if (server->named()) running_.emplace_back(look_up_again(server, kPassedLookUp));
    }
  }
}

net::Duration Health::between(net::Duration least, net::Duration most) {
  return net::Duration(std::uniform_int_distribution(least.count(), most.count())(dice_));
}

// Many servers, and many nodes that ask the same server, do not ask in step.
net::Task<> Health::watch(std::shared_ptr<Server> server, const BackendConfig& config) {
  const HealthConfig& health = *config.health;
  net::Duration every = health.every;
  co_await loop_.sleep_for(between({}, std::min(every, kLongestStart)));
  for (;;) {
    net::Instant began = net::Clock::now();
    Result<> well = co_await outcome(check_health(loop_, *server, health));
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now() - began);
    Server::Check check{
        .passed = well.has_value(), .code = {}, .reason = {}, .at = std::chrono::system_clock::now(), .took = took};
    if (!well) {
      check.code = well.error().code();
      check.reason = well.error().text();
    }
    // That we have no descriptor left says nothing about the server.
    bool ours = check.code == "gate.no-descriptor";
    if (!ours && server->judged(check, health.rise, health.fall)) tell_change(*server, config, check);
    co_await loop_.sleep_for(between(every - every / 10, every + every / 10));
  }
}

net::Task<> Health::look_up_again(std::shared_ptr<Server> server, net::Duration every) {
  for (;;) {
    co_await loop_.sleep_for(between(every - every / 10, every));
    std::string host = server->host();
    std::uint16_t port = server->port();
    auto work = [host, port] { return net::look_up(host, port); };
    Result<std::vector<net::Address>> found =
        co_await outcome(pool_.run<std::vector<net::Address>>(loop_, std::move(work)));
    // While nobody can be asked, what was found before holds.
    if (!found || *found == *server->addresses()) continue;
    log::info("backend.moved", {{"server", server->url()}, {"addresses", listed(*found)}});
    server->addresses(*std::move(found));
  }
}

}  // namespace pforte::gate
