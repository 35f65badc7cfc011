#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "net/loop.h"
#include "net/signal.h"

namespace pforte::gate {

// The requests that wait for a place at a server of a backend, from all workers: first come, first served. Whoever
// waits is woken to look for itself, since it knows best which servers suit it. Shared by the plans that have the
// backend; a request that finds nobody waiting takes no lock.
class WaitingLine {
 public:
  WaitingLine() = default;
  WaitingLine(const WaitingLine&) = delete;
  WaitingLine& operator=(const WaitingLine&) = delete;

  // Somebody in the line, from its coming until it goes, on its own worker's thread.
  class Spot {
   public:
    Spot(Spot&& other) noexcept;
    Spot& operator=(Spot&&) = delete;
    ~Spot();

    // Rings when it is worth looking.
    net::Signal& bell() const;
    // Whether nobody stands before it. Whoever does looks again from time to time: a server may come back.
    bool is_first() const;
    // Whether it was woken, and is no more.
    bool take_waking();

   private:
    friend class WaitingLine;
    struct Entry;
    using Place = std::list<std::shared_ptr<Entry>>::iterator;
    Spot(WaitingLine& line, Place place) : line_(&line), place_(place) {}

    WaitingLine* line_;  // null: moved from
    Place place_;
  };

  // At its end, unless `most` wait already.
  std::optional<Spot> join(net::Loop& loop, std::size_t most);

  // A place has become free: wakes the first. Any thread.
  void wake_one();

  // Any thread.
  std::size_t waiting() const { return waiting_.load(); }

  // How they left, for the operator.
  struct Tally {
    std::atomic<std::uint64_t> served{0};
    std::atomic<std::uint64_t> turned_away{0};  // the line was full
    std::atomic<std::uint64_t> timed_out{0};
    std::atomic<std::uint64_t> gave_up{0};  // the client went, or no server was left
    std::atomic<std::uint64_t> waited_us{0};
  };
  Tally tally;

 private:
  std::atomic<std::size_t> waiting_{0};
  std::mutex mutex_;
  std::list<std::shared_ptr<Spot::Entry>> line_;  // under mutex_, first at the front
};

}  // namespace pforte::gate
