#pragma once

#include <cstdint>
#include <expected>
#include <random>
#include <span>
#include <vector>

#include "gate/backend.h"
#include "gate/place.h"
#include "http/exchange.h"
#include "http/message.h"
#include "net/address.h"
#include "net/loop.h"

namespace pforte::gate {

// Chooses for one worker's requests which server of a backend they go to.
//
// What is under way at a server is counted in the server, over all workers: only so "at once" and "least" mean what an
// operator reads. It costs a request two atomic additions, which are less than the loop over the servers.
class Balancer {
 public:
  // `seed` is of the draws of power-of-two. `loop` must outlive it.
  Balancer(net::Loop& loop, std::uint64_t seed) : loop_(loop), random_(std::minstd_rand::result_type(seed)) {}

  // What the choice depends on beside the backend.
  struct Wish {
    const http::RequestHead& request;
    const net::Address& client;
    std::span<const Server* const> tried = {};  // those are left out
    const Server* only = nullptr;               // this one, also if it is drained; null: any
    bool firm = false;                          // `only` also if it is ejected, and else none; not firm: else any
  };
  enum class Lack : std::uint8_t {
    NoServer,  // none is left that could be asked
    AllBusy,   // those that could be asked have as many requests as they take
  };

  // A place for the next request, by the backend's `balance` and the servers' weights. Backup servers get one only
  // where no other is available; where no server is available, one that is ejected is tried all the same: an ejection
  // is a guess. What others wait for is theirs: who finds nothing else is told AllBusy, and goes behind them. `backend`
  // must outlive the place.
  std::expected<Place, Lack> choose(const Backend& backend, const Wish& wish);

  // The same for a request whose servers are all busy: in the backend's line, until it is its turn. Fails with
  // Kind::Limit when the line is full (backend.queue-full), Kind::Timeout when its turn does not come in time
  // (backend.queue-timeout), Kind::Unavailable when no server is left (backend.none), and Kind::Closed when the client
  // of `exchange` goes meanwhile.
  net::Task<Place> wait(const Backend& backend, Wish wish, http::Exchange& exchange);

 private:
  struct Candidate {
    std::size_t number;      // in the backend
    std::uint32_t weight;    // times 1000, and less while it starts slowly
    std::uint32_t requests;  // under way there
  };
  static bool less_busy(const Candidate& a, const Candidate& b);

  std::expected<Place, Lack> find_place(const Backend& backend, const Wish& wish, const WaitingLine::Spot* spot);
  void leave_to_others(const Backend& backend, const WaitingLine::Spot* spot);
  bool is_in_vain(const Wish& wish) const;
  net::Task<Place> stand_in_line(const Backend& backend, Wish wish, http::Exchange& exchange);
  Lack gather(const Backend& backend, const Wish& wish);
  const Candidate& pick(const Backend& backend, const Wish& wish);
  void keep_least_busy();
  const Candidate& next_in_turn(const Backend& backend);
  const Candidate& less_busy_of_two();
  const Candidate& drawn(const Candidate* but);
  const Candidate& nearest(const Backend& backend, std::uint64_t key) const;

  net::Loop& loop_;
  std::minstd_rand random_;
  std::vector<Candidate> candidates_;            // of the choice under way
  std::vector<std::vector<std::int64_t>> owed_;  // turns: by the backend's index and the server's number
};

}  // namespace pforte::gate
