#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
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
  bool off = false;  // neither, and what is in the file goes
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
    // What may wait here; when half of that waits, no more than so many of about one source.
    static constexpr std::size_t kMostWaiting = 4096;
    static constexpr std::uint16_t kMostOfOne = 64;

    // From the worker's thread. A lock that the writer holds for a swap.
    void tell(Contact contact);
    // Whether none of its source was asked about in the last minute, as far as a small table tells. From the worker's
    // thread.
    bool is_new(const Contact& contact);
    // Where contacts are not kept, nobody needs to note anything.
    bool off() const { return recorder_.off_.load(std::memory_order_relaxed); }

   private:
    friend class Recorder;
    explicit Lane(Recorder& recorder) : recorder_(recorder) {}

    static constexpr std::size_t kKept = 256;  // contacts for which room is kept

    static std::size_t place_of(const Contact& contact);
    bool has_room(const Contact& contact);
    std::vector<Contact>& swap();

    Recorder& recorder_;
    std::mutex mutex_;
    std::vector<Contact> waiting_;               // under mutex_
    std::array<std::uint16_t, 1024> from_ = {};  // of those, by a digest of their source; under mutex_
    std::array<Time, 1024> asked_ = {};          // of the worker: when, by the same digest
    std::vector<Contact> taken_;                 // of the writer: they change places
  };

  // Nothing is kept until follow().
  Recorder() = default;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  // Writes what waits, and what has been counted.
  ~Recorder();

  // A new lane; lanes live as long as the recorder. Before there are threads.
  Lane& lane();

  // `bell` is called by whoever tells the first contact after a write(), on its thread, and by follow(). Before there
  // are threads.
  void on_news(std::function<void()> bell) { bell_ = std::move(bell); }

  // From now on so. Takes effect with the next write().
  void follow(Settings settings);

  // Writes what waits, and forgets what is too old. Blocks; by one thread at a time. What goes wrong is logged once
  // until it works again.
  void write(Time now);

  // Since the start: records that were written down, contacts that were only counted, or dropped.
  std::uint64_t kept() const { return kept_.load(std::memory_order_relaxed); }
  std::uint64_t counted() const { return counted_.load(std::memory_order_relaxed); }
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  void write_down(Time now, std::vector<Contact> through);
  Result<> try_to_write(Time now, std::vector<Contact> through);
  std::vector<Lane*> lanes();
  void use_settings();
  void remove_file();
  Result<> forget(Time now);
  void tell_outcome(const Result<>& outcome);

  std::function<void()> bell_ = [] {};
  std::atomic<bool> off_{true};
  std::atomic<bool> has_news_{false};  // since the last write()
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
  Time last_forgetting_ = Time::min();  // min: none yet
  bool works_ = true;
};

}  // namespace pforte::contact
