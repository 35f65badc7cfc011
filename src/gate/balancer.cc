#include "gate/balancer.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/quantity.h"
#include "gate/rendezvous.h"
#include "net/together.h"

namespace pforte::gate {

namespace {

// Whose turn it is: a rank is used only where none above it has a server.
enum class Rank : std::uint8_t { Primary, Backup, EjectedPrimary, EjectedBackup, Out };

Rank rank_of(const Server& server, const ServerConfig& config, net::Instant now) {
  if (!server.healthy()) return Rank::Out;
  if (server.ejected(now)) return config.backup ? Rank::EjectedBackup : Rank::EjectedPrimary;
  return config.backup ? Rank::Backup : Rank::Primary;
}

bool is_full(const Server& server, const ServerConfig& config) {
  return config.max_requests > 0 && server.requests() >= config.max_requests;
}

// How often those who lead the line look by themselves, since a server may have come back.
constexpr net::Duration kLookAgain = std::chrono::milliseconds(100);

net::Task<> ring(net::Signal& bell) {
  co_await bell;
  co_return {};
}

// What a request is told apart by: the field that was named, else its client.
std::uint64_t hash_key(const BalanceConfig& config, const Balancer::Wish& wish) {
  if (!config.hash_field.empty()) {
    for (const http::Field& field : wish.request.fields) {
      if (equals_ignoring_case(field.name, config.hash_field)) return hash_of(field.value);
    }
  }
  const auto& ip = wish.client.ip();
  return hash_of({reinterpret_cast<const char*>(ip.data()), ip.size()});
}

}  // namespace

std::expected<Place, Balancer::Lack> Balancer::choose(const Backend& backend, const Wish& wish) {
  if (!is_in_vain(wish)) return find_place(backend, wish, nullptr);
  Wish any = wish;
  any.only = nullptr;
  return find_place(backend, any, nullptr);
}

// Who is kept at a server by a cookie is better served by another than not at all.
bool Balancer::is_in_vain(const Wish& wish) const {
  return wish.only && !wish.firm && (!wish.only->healthy() || wish.only->ejected(loop_.now()));
}

std::expected<Place, Balancer::Lack> Balancer::find_place(const Backend& backend, const Wish& wish,
                                                          const WaitingLine::Spot* spot) {
  for (;;) {
    Lack lack = gather(backend, wish);
    if (backend.line->waiting() > (spot ? 1 : 0)) leave_to_others(backend, spot);
    if (candidates_.empty()) return std::unexpected(lack);
    std::size_t number = candidates_.size() == 1 ? candidates_.front().number : pick(backend, wish).number;
    const std::shared_ptr<Server>& server = backend.servers[number];
    // Another worker may have been quicker.
    if (server->let_in(backend.config.servers[number].max_requests)) return Place(backend, number);
  }
}

// Takes from the candidates what those before `spot` wait for, or all who wait where there is none.
void Balancer::leave_to_others(const Backend& backend, const WaitingLine::Spot* spot) {
  std::erase_if(candidates_,
                [&](const Candidate& one) { return backend.line->is_wanted(backend.servers[one.number].get(), spot); });
}

net::Task<Place> Balancer::wait(const Backend& backend, Wish wish, http::Exchange& exchange) {
  net::Instant began = loop_.now();
  Result<Place> place = co_await outcome(stand_in_line(backend, wish, exchange));
  exchange.tell_when_broken(nullptr);
  WaitingLine::Tally& tally = backend.line->tally;
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(loop_.now() - began);
  tally.waited_us.fetch_add(std::uint64_t(waited.count()), std::memory_order_relaxed);
  Kind kind = place ? Kind::Internal : place.error().kind();
  auto& how = place                   ? tally.served
              : kind == Kind::Limit   ? tally.turned_away
              : kind == Kind::Timeout ? tally.timed_out
                                      : tally.gave_up;
  how.fetch_add(1, std::memory_order_relaxed);
  co_return place;
}

net::Task<Place> Balancer::stand_in_line(const Backend& backend, Wish wish, http::Exchange& exchange) {
  const BalanceConfig& config = backend.config.balance;
  net::Instant until = loop_.now() + config.queue_time;
  std::optional<WaitingLine::Spot> spot =
      backend.line->join(loop_, config.queue, {.only = wish.only, .tried = wish.tried});
  if (!spot) {
    co_return fail(Kind::Limit, "backend.queue-full",
                   cat("all servers have as many requests as they take, and ", config.queue, " more wait already"));
  }
  for (;;) {
    if (exchange.broken()) co_return fail(Kind::Closed, "gate.client-gone", "the client went before it was served");
    bool leads = spot->leads();
    spot->take_waking();
    if (leads) {
      if (is_in_vain(wish)) {
        wish.only = nullptr;
        spot->take_any();
      }
      std::expected<Place, Lack> place = find_place(backend, wish, &*spot);
      if (place) co_return *std::move(place);
      if (place.error() == Lack::NoServer)
        co_return fail(Kind::Unavailable, "backend.none", "no server of the backend is available");
    }
    if (loop_.now() >= until) {
      co_return fail(Kind::Timeout, "backend.queue-timeout",
                     cat("all servers had as many requests as they take for ", conf::duration_text(config.queue_time)));
    }
    exchange.tell_when_broken(&spot->bell());
    net::Duration rest = until - loop_.now();
    (void)co_await outcome(net::within(loop_, leads ? std::min(rest, kLookAgain) : rest, ring(spot->bell())));
  }
}

// Those of the best rank that have a place left. None: why.
Balancer::Lack Balancer::gather(const Backend& backend, const Wish& wish) {
  candidates_.clear();
  Rank best = Rank::Out;
  for (std::size_t i = 0; i < backend.servers.size(); ++i) {
    const Server& server = *backend.servers[i];
    const ServerConfig& config = backend.config.servers[i];
    if (wish.only && wish.only != &server) continue;
    Rank rank = !wish.only && server.drained() ? Rank::Out : rank_of(server, config, loop_.now());
    if (rank == Rank::Out || rank > best || std::ranges::find(wish.tried, &server) != wish.tried.end()) continue;
    if (rank < best) candidates_.clear();
    best = rank;
    if (is_full(server, config)) continue;
    unsigned warmth = server.warmth(loop_.now(), backend.config.balance.slow_start);
    candidates_.emplace_back(i, config.weight * warmth, server.requests());
  }
  return best == Rank::Out ? Lack::NoServer : Lack::AllBusy;
}

const Balancer::Candidate& Balancer::pick(const Backend& backend, const Wish& wish) {
  switch (backend.config.balance.by) {
    case Balance::PowerOfTwo:
      return less_busy_of_two();
    case Balance::Hash:
      return nearest(backend, hash_key(backend.config.balance, wish));
    case Balance::LeastConnections:
      keep_least_busy();
      break;
    case Balance::RoundRobin:
      break;
  }
  return next_in_turn(backend);
}

// By what there is to do for each unit of weight.
bool Balancer::less_busy(const Candidate& a, const Candidate& b) {
  return std::uint64_t(a.requests) * b.weight < std::uint64_t(b.requests) * a.weight;
}

void Balancer::keep_least_busy() {
  Candidate least = *std::ranges::min_element(candidates_, less_busy);
  std::erase_if(candidates_, [&](const Candidate& one) { return less_busy(least, one); });
}

// Smooth weighted round-robin: each is owed its weight, who is owed most is next, and pays for all. The turns of a
// heavy server lie between those of the others. Source: nginx, ngx_http_upstream_get_peer().
const Balancer::Candidate& Balancer::next_in_turn(const Backend& backend) {
  if (owed_.size() <= backend.index) owed_.resize(backend.index + 1);
  std::vector<std::int64_t>& owed = owed_[backend.index];
  owed.resize(backend.servers.size());
  std::int64_t all = 0;
  const Candidate* next = nullptr;
  for (const Candidate& one : candidates_) {
    owed[one.number] += one.weight;
    all += one.weight;
    if (!next || owed[one.number] > owed[next->number]) next = &one;
  }
  owed[next->number] -= all;
  return *next;
}

// Two are drawn by their weights, and the one that is less busy gets it: nearly as even as asking all, and workers that
// choose at the same instant do not all run to the same one.
// Source: Mitzenmacher: The Power of Two Choices in Randomized Load Balancing.
const Balancer::Candidate& Balancer::less_busy_of_two() {
  const Candidate& first = drawn(nullptr);
  const Candidate& second = drawn(&first);
  return less_busy(second, first) ? second : first;
}

const Balancer::Candidate& Balancer::drawn(const Candidate* but) {
  std::uint32_t all = 0;
  for (const Candidate& one : candidates_) all += &one == but ? 0 : one.weight;
  std::uint32_t left = std::uniform_int_distribution<std::uint32_t>(0, all - 1)(random_);
  for (const Candidate& one : candidates_) {
    if (&one == but) continue;
    if (left < one.weight) return one;
    left -= one.weight;
  }
  return candidates_.back();  // never reached
}

const Balancer::Candidate& Balancer::nearest(const Backend& backend, std::uint64_t key) const {
  const Candidate* found = nullptr;
  double least = 0;
  for (const Candidate& one : candidates_) {
    double distance = rendezvous_distance(key, backend.servers[one.number]->hash(), one.weight);
    if (found && distance >= least) continue;
    found = &one;
    least = distance;
  }
  return *found;
}

}  // namespace pforte::gate
