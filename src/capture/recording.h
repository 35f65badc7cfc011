#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "capture/pcapng.h"
#include "net/network.h"

namespace pforte::capture {

// Whose connections are captured. Both must hold.
struct Filter {
  std::optional<net::Network> client;  // none: everybody
  std::string site;                    // one of its hosts, in lower case; empty: of all

  // "client 10.0.0.7/32, site crm.example.com"; "everything".
  std::string to_text() const;
};

// What was asked for.
struct Terms {
  std::string by;  // who asked
  Filter filter;
  std::chrono::milliseconds lasts{};
  std::uint64_t limit = 0;  // of the file, in bytes
  bool secrets = true;      // whether the keys of TLS go along
};

// Why a capture ended.
enum class Ended : std::uint8_t { Time, Limit, Asked, CommandGone, GateStops };

// What became of it so far.
struct Tally {
  std::uint64_t connections = 0;  // captured
  std::uint64_t left_out = 0;     // that were open when it began
  std::uint64_t given_up = 0;     // for want of room, before anything of them was written
  std::uint64_t packets = 0;
  std::uint64_t dropped = 0;  // packets that are not in the file: it was not written fast enough
  std::uint64_t bytes = 0;    // of the file
};

// A capture under way: takes packets from the workers, and gives them to whoever writes them down. Memory is bounded:
// what is not written down in time is dropped and counted.
class Recording {
 public:
  // What may wait to be written.
  static constexpr std::size_t kMostWaiting = 8UZ << 20;
  // What connections may hold back, all together, until it is known whether they belong.
  static constexpr std::size_t kMostHeld = 8UZ << 20;
  static constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(15);
  // Less cannot be a file that says anything.
  static constexpr std::uint64_t kLeastLimit = 64UZ << 10;

  Recording(Terms terms, Time begun);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording();

  const Terms& terms() const { return terms_; }
  Time begun() const { return begun_; }
  Time until() const { return begun_ + terms_.lasts; }

  // From any thread:

  // Takes whole blocks with so many packets, the last of them of `time`. False when they are not in the file.
  bool add(std::string_view blocks, std::uint64_t packets, Time time);
  // A connection has been captured; given up; was left out.
  void count_connection();
  void count_given_up();
  void count_left_out(std::uint64_t connections);
  // Asks for room to hold bytes back; give_room() returns it.
  bool take_room(std::size_t bytes);
  void give_room(std::size_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }
  // Nothing is taken any more.
  bool over() const { return over_.load(std::memory_order_relaxed); }
  Tally tally() const;

  // For the writer:

  // What waits. The caller wipes it: there are keys in it.
  std::string take();
  // Whether the file is as large as it may be.
  bool full() const;
  // Nothing is taken from now on. What is to be written behind what waits: the statistics.
  std::string end(Time time, std::string_view why);

 private:
  const Terms terms_;
  const Time begun_;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> held_{0};
  mutable std::mutex mutex_;
  bool full_ = false;    // all under mutex_
  std::string waiting_;  // never grows beyond what was reserved, so that no copy is left behind
  Tally tally_;
};

}  // namespace pforte::capture
