#include "kerberos/memory_replay_guard.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "crypto/digest.h"
#include "kerberos/replay_journal.h"
#include "kerberos/replay_shard.h"

namespace pforte::kerberos {
namespace {

constexpr std::size_t kShards = 8;

std::uint32_t seconds_of(MemoryReplayGuard::Time time) {
  return std::uint32_t(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::size_t shard_of(const Seen& seen) {
  return seen.digest[0] % kShards;
}

std::unexpected<Error> unusable(const std::string& folder, const std::error_code& why) {
  return fail(Kind::Unavailable, "kerberos.replay-journal", cat(folder, ": ", why.message()));
}

}  // namespace

MemoryReplayGuard::MemoryReplayGuard(Options options) : options_(std::move(options)), window_(options_.window) {}

MemoryReplayGuard::~MemoryReplayGuard() = default;

Result<std::unique_ptr<MemoryReplayGuard>> MemoryReplayGuard::make(Options options) {
  std::unique_ptr<MemoryReplayGuard> guard(new MemoryReplayGuard(std::move(options)));
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::string& folder = guard->options_.folder;
    guard->shards_.push_back(std::make_unique<ReplayShard>(folder.empty() ? "" : cat(folder, "/seen-", i)));
  }
  TRY(guard->read_journals());
  return guard;
}

Result<> MemoryReplayGuard::read_journals() {
  std::uint32_t now = seconds_of(options_.now());
  std::vector<std::vector<Seen>> before(kShards);
  std::vector<std::string> read;
  if (!options_.folder.empty()) {
    std::error_code why;
    std::filesystem::create_directories(options_.folder, why);
    if (!why) std::filesystem::permissions(options_.folder, std::filesystem::perms::owner_all, why);
    if (why) return unusable(options_.folder, why);
  }
  // A crash between the two renamings of a turn leaves all of them, so each is read, whatever it is called.
  for (std::size_t i = 0; i < kShards && !options_.folder.empty(); ++i) {
    for (std::string_view kind : {".old", ".new", ".begin"}) {
      for (const Seen& seen : TRY(ReplayJournal::read(cat(options_.folder, "/seen-", i, kind)))) {
        if (std::uint64_t(seen.time) + std::uint64_t(options_.window.count()) >= now)
          before[shard_of(seen)].push_back(seen);
      }
    }
  }
  for (std::size_t i = 0; i < kShards; ++i) TRY(shards_[i]->begin(before[i], now));
  return {};
}

Result<bool> MemoryReplayGuard::is_first(std::string_view authenticator) {
  crypto::Sha256 digest = crypto::sha256(authenticator);
  Seen seen;
  std::memcpy(seen.digest.data(), digest.data(), sizeof seen.digest);
  seen.time = seconds_of(options_.now());
  auto window = std::uint32_t(std::clamp<std::int64_t>(window_.load().count(), 1, UINT32_MAX));
  return shards_[shard_of(seen)]->is_first(seen, window, options_.most / kShards);
}

std::size_t MemoryReplayGuard::size() const {
  std::size_t all = 0;
  for (const std::unique_ptr<ReplayShard>& shard : shards_) all += shard->size();
  return all;
}

}  // namespace pforte::kerberos
