#include "kerberos/replay_shard.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

constexpr std::size_t kFirstPlaces = 64;
constexpr DigestSet::Digest kFree{};

}  // namespace

std::size_t DigestSet::place_of(const Digest& digest) const {
  // Bits of a SHA-256 are as good as any.
  std::size_t mask = places_.size() - 1;
  std::size_t place = digest[1] & mask;
  while (places_[place] != kFree && places_[place] != digest) place = (place + 1) & mask;
  return place;
}

bool DigestSet::contains(const Digest& digest) const {
  return !places_.empty() && places_[place_of(digest)] == digest;
}

void DigestSet::insert(const Digest& digest) {
  if (size_ * 3 >= places_.size() * 2) grow();
  places_[place_of(digest)] = digest;
  ++size_;
}

void DigestSet::grow() {
  std::vector<Digest> full =
      std::exchange(places_, std::vector<Digest>(places_.empty() ? kFirstPlaces : places_.size() * 2));
  for (const Digest& digest : full) {
    if (digest != kFree) places_[place_of(digest)] = digest;
  }
}

Result<> ReplayShard::begin(const std::vector<Seen>& before, std::uint32_t now) {
  since_ = now;
  if (!path_.empty()) journal_ = TRY(ReplayJournal::create(path_ + ".begin"));
  for (const Seen& seen : before) {
    if (now_.contains(seen.digest)) continue;
    if (!path_.empty()) TRY(journal_.append(seen));
    now_.insert(seen.digest);
  }
  if (!path_.empty() && std::rename((path_ + ".begin").c_str(), (path_ + ".new").c_str()) != 0)
    return fail(Kind::Unavailable, "kerberos.replay-journal", cat(path_, ".new cannot be written"));
  return {};
}

Result<bool> ReplayShard::is_first(const Seen& seen, std::uint32_t window, std::size_t most) {
  std::lock_guard guard(lock_);
  if (seen.time > since_ && seen.time - since_ >= window) turn(seen.time);
  if (now_.contains(seen.digest) || before_.contains(seen.digest)) return false;
  if (now_.size() + before_.size() >= most)
    return fail(Kind::Unavailable, "kerberos.replay-full", "too many tickets to remember against replays");
  if (!path_.empty()) TRY(journal_.append(seen));
  now_.insert(seen.digest);
  return true;
}

// What was seen in the window before is forgotten. Where no new file can be begun, the one that runs goes on.
void ReplayShard::turn(std::uint32_t now) {
  if (!path_.empty()) {
    Result<ReplayJournal> next = ReplayJournal::create(path_ + ".begin");
    if (!next) return;
    if (std::rename((path_ + ".new").c_str(), (path_ + ".old").c_str()) != 0 && errno != ENOENT) return;
    if (std::rename((path_ + ".begin").c_str(), (path_ + ".new").c_str()) != 0) return;
    journal_ = *std::move(next);
  }
  before_ = std::exchange(now_, {});
  since_ = now;
}

std::size_t ReplayShard::size() const {
  std::lock_guard guard(lock_);
  return now_.size() + before_.size();
}

}  // namespace pforte::kerberos
