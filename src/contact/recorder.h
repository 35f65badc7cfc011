#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "contact/contact.h"
#include "contact/ring.h"
#include "contact/sifter.h"

namespace pforte::contact {

// How contacts are kept: `[contacts]`.
struct Settings {
  std::string file;  // empty: they are not
  std::uint64_t size = 16UZ << 20;
  std::chrono::milliseconds retention = std::chrono::days(7);

  friend bool operator==(const Settings&, const Settings&) = default;
};

// Takes contacts from the workers and writes them to the ring. Memory is bounded: what cannot be written in time is
// dropped and counted, and the ring says how many there were.
class Recorder {
 public:
  // A worker's way in.
  class Lane {
   public:
    // What may wait here.
    static constexpr std::size_t kMostWaiting = 4096;

    // From the worker's thread. A lock that the writer holds for a swap.
    void tell(Contact contact);
    // Where contacts are not kept, nobody needs to note anything.
    bool off() const { return recorder_.off_.load(std::memory_order_relaxed); }

   private:
    friend class Recorder;
    explicit Lane(Recorder& recorder) : recorder_(recorder) {}

    Recorder& recorder_;
    std::mutex mutex_;
    std::vector<Contact> waiting_;  // under mutex_
  };

  // Nothing is kept until follow().
  Recorder() = default;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  // Writes what waits, and what has been counted.
  ~Recorder();

  // A new lane; lanes live as long as the recorder. Before there are threads.
  Lane& lane();

  // From now on so. Takes effect with the next write().
  void follow(Settings settings);

  // Writes what waits, and forgets what is too old. Blocks; by one thread at a time. What goes wrong is logged once
  // until it works again.
  void write(Time now);

  // Since the start: written down, only counted, dropped.
  std::uint64_t kept() const { return kept_.load(std::memory_order_relaxed); }
  std::uint64_t counted() const { return counted_.load(std::memory_order_relaxed); }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  void write_down(Time now, std::vector<Contact> through);
  Result<> try_to_write(Time now, std::vector<Contact> through);
  std::vector<Contact> taken();
  void use_settings();
  void tell_outcome(const Result<>& outcome);

  std::atomic<bool> off_{true};
  std::atomic<std::uint64_t> kept_{0};
  std::atomic<std::uint64_t> counted_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  Settings next_;                             // under mutex_
  std::vector<std::unique_ptr<Lane>> lanes_;  // under mutex_

  // Of the writer alone.
  Settings settings_;
  std::unique_ptr<Ring> ring_;  // null: not kept, or it cannot be opened
  Sifter sifter_;
  std::uint64_t told_lost_ = 0;  // in the ring
  Time next_attempt_;
  Time next_forgetting_;
  bool works_ = true;
};

}  // namespace pforte::contact
