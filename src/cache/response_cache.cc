#include "cache/response_cache.h"

#include <functional>

namespace pforte::cache {

namespace {

// How many of a shard are looked at in search of one that nobody is being given.
constexpr int kMostLooks = 32;

// Its memory would not come back.
bool is_held(const std::shared_ptr<const StoredResponse>& response) {
  return response.use_count() > 1 || response->shares_body();
}

}  // namespace

ResponseCache::Shard& ResponseCache::shard_of(std::string_view key) {
  return shards_[std::hash<std::string_view>()(key) % shards_.size()];
}

std::size_t ResponseCache::removals_of(std::string_view key) {
  constexpr std::size_t kShards = std::tuple_size_v<decltype(shards_)>;
  constexpr std::size_t kCounters = std::tuple_size_v<decltype(removals_)>;
  return std::hash<std::string_view>()(key) / kShards % kCounters;
}

std::uint64_t ResponseCache::epoch(std::string_view key) const {
  return removals_[removals_of(key)].load() + purges_.load();
}

void ResponseCache::bound(std::size_t memory) {
  budget_->limit(memory);
  while (bytes() > memory && evict()) {
  }
  // The rest is being given to somebody: it goes with him.
  if (bytes() > memory) purge("");
}

ResponseCache::Found ResponseCache::find(const Wanted& wanted) {
  Shard& shard = shard_of(wanted.key);
  std::scoped_lock lock(shard.mutex);
  auto [at, end] = shard.by_key.equal_range(wanted.key);
  Found found;
  found.other_variants = at != end;
  for (; at != end; ++at) {
    Entry& one = *at->second;
    if (!one.response->fits(wanted)) continue;
    bool newer = !found.response || one.response->freshness().date > found.response->freshness().date;
    if (newer) found.response = one.response;
    one.used = used_.fetch_add(1, std::memory_order_relaxed);
    shard.responses.splice(shard.responses.begin(), shard.responses, at->second);
  }
  return found;
}

bool ResponseCache::store(std::shared_ptr<const StoredResponse> response, std::uint64_t epoch) {
  Responses gone;  // freed after the lock
  Shard& shard = shard_of(response->key());
  std::scoped_lock lock(shard.mutex);
  if (epoch != this->epoch(response->key())) return false;
  auto [at, end] = shard.by_key.equal_range(response->key());
  std::size_t variants = 0;
  auto oldest = shard.by_key.end();
  while (at != end) {
    const StoredResponse& other = *at->second->response;
    if (response->replaces(other)) {
      at = take_out(shard, at, gone);
      continue;
    }
    bool older =
        oldest == shard.by_key.end() || other.freshness().arrived < oldest->second->response->freshness().arrived;
    if (older) oldest = at;
    ++variants;
    ++at;
  }
  if (variants >= kMostVariants) take_out(shard, oldest, gone);
  shard.responses.push_front({std::move(response), used_.fetch_add(1, std::memory_order_relaxed)});
  shard.by_key.emplace(shard.responses.front().response->key(), shard.responses.begin());
  return true;
}

ResponseCache::ByKey::iterator ResponseCache::take_out(Shard& shard, ByKey::iterator at, Responses& gone) {
  gone.splice(gone.begin(), shard.responses, at->second);
  return shard.by_key.erase(at);
}

std::size_t ResponseCache::remove(std::string_view key) {
  Responses gone;
  Shard& shard = shard_of(key);
  std::scoped_lock lock(shard.mutex);
  removals_[removals_of(key)].fetch_add(1);
  auto [at, end] = shard.by_key.equal_range(key);
  while (at != end) at = take_out(shard, at, gone);
  return gone.size();
}

std::size_t ResponseCache::purge(std::string_view beginning) {
  Responses gone;
  purges_.fetch_add(1);  // first: what is stored before a shard is looked into is found there
  for (Shard& shard : shards_) {
    std::scoped_lock lock(shard.mutex);
    for (auto at = shard.by_key.begin(); at != shard.by_key.end();) {
      at = at->first.starts_with(beginning) ? take_out(shard, at, gone) : std::next(at);
    }
  }
  return gone.size();
}

// What somebody is being given is in use now.
std::optional<std::uint64_t> ResponseCache::oldest_use(Shard& shard) {
  std::scoped_lock lock(shard.mutex);
  for (int looks = kMostLooks; looks > 0 && !shard.responses.empty(); --looks) {
    auto last = std::prev(shard.responses.end());
    if (!is_held(last->response)) return last->used;
    last->used = used_.fetch_add(1, std::memory_order_relaxed);
    shard.responses.splice(shard.responses.begin(), shard.responses, last);
  }
  return std::nullopt;
}

void ResponseCache::evict_oldest(Shard& shard) {
  Responses gone;
  std::scoped_lock lock(shard.mutex);
  if (shard.responses.empty()) return;
  auto last = std::prev(shard.responses.end());
  if (is_held(last->response)) return;
  auto at = shard.by_key.equal_range(last->response->key()).first;
  while (at->second != last) ++at;
  take_out(shard, at, gone);
}

// Somebody else may use or evict something meanwhile: then it is nearly the oldest.
bool ResponseCache::evict() {
  Shard* oldest = nullptr;
  std::uint64_t least = 0;
  for (Shard& shard : shards_) {
    std::optional<std::uint64_t> used = oldest_use(shard);
    if (!used || (oldest && *used > least)) continue;
    oldest = &shard;
    least = *used;
  }
  if (!oldest) return false;
  evict_oldest(*oldest);
  return true;
}

bool ResponseCache::grow(Charge& charge, std::size_t bytes) {
  if (bytes > limit()) return false;
  while (!charge.add(bytes)) {
    if (!evict()) return false;
  }
  return true;
}

std::size_t ResponseCache::entries() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    std::scoped_lock lock(shard.mutex);
    count += shard.responses.size();
  }
  return count;
}

}  // namespace pforte::cache
