#pragma once

#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "cache/stored_response.h"

namespace pforte::cache {

// Answers that may be given again, for all workers together. Which, and for whom, decides who uses it. What was asked
// for longest ago goes first when memory is short. Safe on all threads.
class ResponseCache {
 public:
  // Variants of one key; the oldest goes when there are more.
  static constexpr std::size_t kMostVariants = 16;

  // `memory` in bytes.
  explicit ResponseCache(std::size_t memory) : budget_(std::make_shared<Budget>(memory)) {}

  // From now on. What is too much goes at once.
  void bound(std::size_t memory);

  struct Found {
    std::shared_ptr<const StoredResponse> response;  // null: none fits
    bool other_variants = false;                     // there is something under the same key
  };
  Found find(const Wanted& wanted);

  // How often something under this key was taken out, or might have been. To be asked for before the application is.
  std::uint64_t epoch(std::string_view key) const;
  // Unless it may be from before what was taken out meanwhile: then false.
  bool store(std::shared_ptr<const StoredResponse> response, std::uint64_t epoch);

  // Everything under one key (RFC 9111, 4.4). How many there were.
  std::size_t remove(std::string_view key);
  // Everything whose key begins so.
  std::size_t purge(std::string_view beginning);

  // A charge of nothing, to add to.
  Charge charge() const { return Charge(budget_); }
  // Makes it larger, at the cost of what was not asked for lately and nobody is being given now. False when even that
  // does not suffice.
  bool grow(Charge& charge, std::size_t bytes);

  std::size_t bytes() const { return budget_->used(); }
  std::size_t limit() const { return budget_->limit(); }
  std::size_t entries() const;

 private:
  struct Entry {
    std::shared_ptr<const StoredResponse> response;
    std::uint64_t used;  // the last time, by used_
  };
  using Responses = std::list<Entry>;

  // Some of the keys, so that workers seldom wait for each other.
  struct Shard {
    mutable std::mutex mutex;
    Responses responses;  // used last first
    std::unordered_multimap<std::string_view, Responses::iterator> by_key;
  };
  using ByKey = decltype(Shard::by_key);

  Shard& shard_of(std::string_view key);
  static std::size_t removals_of(std::string_view key);
  static ByKey::iterator take_out(Shard& shard, ByKey::iterator at, Responses& gone);
  // When the one that goes first was used; none: there is none.
  std::optional<std::uint64_t> oldest_use(Shard& shard);
  static void evict_oldest(Shard& shard);
  bool evict();

  std::shared_ptr<Budget> budget_;
  std::array<Shard, 16> shards_;
  std::array<std::atomic<std::uint64_t>, 1024> removals_{};  // each of some of the keys
  std::atomic<std::uint64_t> purges_{0};
  std::atomic<std::uint64_t> used_{0};
};

}  // namespace pforte::cache
