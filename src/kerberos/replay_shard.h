#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "kerberos/replay_journal.h"

namespace pforte::kerberos {

// A set of digests in one piece of memory: open addressing, at most two thirds full.
class DigestSet {
 public:
  using Digest = std::array<std::uint64_t, 2>;

  bool contains(const Digest& digest) const;
  // One that is not in it. Not all zeros.
  void insert(const Digest& digest);
  std::size_t size() const { return size_; }

 private:
  std::size_t place_of(const Digest& digest) const;
  void grow();

  std::vector<Digest> places_;  // a power of two; zeros: free
  std::size_t size_ = 0;
};

// A part of what was seen, with its lock and its files: PATH.new for the window that runs, PATH.old for the one before.
class ReplayShard {
 public:
  // No path: memory alone.
  explicit ReplayShard(std::string path) : path_(std::move(path)) {}

  // Puts in what was seen before a restart, and begins files of its own. Before anything else.
  Result<> begin(const std::vector<Seen>& before, std::uint32_t now);

  // False when it was seen. Fails with Kind::Unavailable when it cannot be remembered, or when there are `most`.
  Result<bool> is_first(const Seen& seen, std::uint32_t window, std::size_t most);

  std::size_t size() const;

 private:
  void turn(std::uint32_t now);

  mutable std::mutex lock_;
  std::string path_;
  std::uint32_t since_ = 0;  // when the window began
  DigestSet now_, before_;
  ReplayJournal journal_;
};

}  // namespace pforte::kerberos
