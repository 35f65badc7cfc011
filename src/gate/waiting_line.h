#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "net/loop.h"
#include "net/signal.h"

namespace pforte::gate {

class Server;

// Which servers would do for somebody.
struct ServerNeed {
  const Server* only = nullptr;               // null: any
  std::span<const Server* const> tried = {};  // none of those; must outlive who waits

  bool suits(const Server* server) const;
  // Whether it takes every server that `other` does.
  bool covers(const ServerNeed& other) const;
};

// The requests that wait for a place at a server of a backend, from all workers: first come, first served among those
// for whom the same server would do. Whoever waits is woken to look for itself. Shared by the plans that have the
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
    // Whether there may be something for it: nobody who stands before it takes every server that it does. Whoever
    // leads looks again from time to time: a server may come back.
    bool leads() const;
    // Whether it was woken, and is no more.
    bool take_waking();
    // From now on any server will do.
    void take_any();

   private:
    friend class WaitingLine;
    struct Entry;
    using Place = std::list<std::shared_ptr<Entry>>::iterator;
    Spot(WaitingLine& line, Place place) : line_(&line), place_(place) {}

    WaitingLine* line_;  // null: moved from
    Place place_;
  };

  // At its end, unless `most` wait already.
  std::optional<Spot> join(net::Loop& loop, std::size_t most, const ServerNeed& need = {});

  // A place at `server` has become free: wakes the first for whom it would do. Any thread.
  void wake_for(const Server* server);

  // Whether it would do for somebody who stands before `spot`, or anywhere if that is null. Any thread.
  bool is_wanted(const Server* server, const Spot* spot) const;

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
  using Entry = Spot::Entry;
  using Entries = std::list<std::shared_ptr<Entry>>;

  // All under mutex_.
  std::shared_ptr<Entry> first_for(const Server* server) const;
  bool nobody_covers(const Entry& entry) const;
  void leave(Spot::Place place);
  void wake_new_leaders();
  void offer(const Server* server);
  static void wake(const std::shared_ptr<Entry>& entry);

  std::atomic<std::size_t> waiting_{0};
  mutable std::mutex mutex_;
  std::uint64_t next_number_ = 0;
  std::map<const Server*, Entries> entries_;  // by the only one that would do, null: any; first come at the front
};

}  // namespace pforte::gate
