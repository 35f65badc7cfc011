#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kerberos/replay_guard.h"

namespace pforte::kerberos {

class ReplayShard;

// Remembers in memory, and in a folder so that a restart or a kill does not forget. What was seen is kept for one to
// two windows, at 32 to 64 bytes each: 1,000 sign-ins a second with clocks 5 min apart take about 50 MB. Shards have
// locks of their own; each appends to a file of its own, which is not waited for to reach the disk: only a loss of
// power may forget the last seconds.
class MemoryReplayGuard final : public ReplayGuard {
 public:
  using Time = std::chrono::system_clock::time_point;

  struct Options {
    // Where the files lie. Made when it is missing. Empty: memory alone, for tests.
    std::string folder;

    // Twice the clock skew: from its sender's clock being ahead by the skew to being behind by it, an authenticator can
    // be accepted for so long.
    std::chrono::seconds window = std::chrono::minutes(10);

    // Then tickets are refused until something expires. Who floods us needs a good ticket.
    std::size_t most = 16UZ << 20;

    // The wall clock, by which tickets are judged.
    std::function<Time()> now = [] { return std::chrono::system_clock::now(); };
  };

  // Reads what was seen before. Fails with Kind::Unavailable when the folder cannot be used.
  static Result<std::unique_ptr<MemoryReplayGuard>> make(Options options);
  ~MemoryReplayGuard() override;
  MemoryReplayGuard(const MemoryReplayGuard&) = delete;
  MemoryReplayGuard& operator=(const MemoryReplayGuard&) = delete;

  Result<bool> is_first(std::string_view authenticator) override;

  // After a reload that changed the clock skew. Never shortens what is kept already. Any thread.
  void remember_for(std::chrono::seconds window) { window_ = window; }

  // How many are remembered.
  std::size_t size() const;

 private:
  explicit MemoryReplayGuard(Options options);
  Result<> read_journals();

  Options options_;
  std::atomic<std::chrono::seconds> window_;
  std::vector<std::unique_ptr<ReplayShard>> shards_;
};

}  // namespace pforte::kerberos
