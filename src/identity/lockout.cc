#include "identity/lockout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "identity/agent.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using Clock = Lockout::Clock;

// Who failed: a digest, so that all are equally large, and so that a password typed as a login is not kept.
using Key = std::array<char, 16>;

struct HashOfKey {
  std::size_t operator()(const Key& key) const {
    std::size_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
  }
};

struct Rules {
  unsigned free;  // failures before the first wait
  std::chrono::seconds fade;
};
constexpr Rules kAccounts = {.free = 5, .fade = 15min};
constexpr Rules kSources = {.free = 20, .fade = 2min};
constexpr std::chrono::seconds kLongestWait = 15min;
// Further failures than it takes to reach the longest wait are not counted, so that they do not take for ever to fade.
constexpr unsigned kDoublings = 10;

struct Failures {
  unsigned count = 0;       // as of `since`
  Clock::time_point since;  // they fade
  Clock::time_point until;  // has to wait
  std::list<Key>::iterator place;
};

// Failures by key. Those of one count stand in one list, the oldest first, so that who goes is found without a search.
class Ledger {
 public:
  Ledger(Rules rules, std::size_t most) : rules_(rules), most_(most), by_count_(rules.free + kDoublings + 1) {}

  std::chrono::milliseconds wait_for(const Key& key, Clock::time_point now) const {
    auto found = all_.find(key);
    if (found == all_.end() || found->second.until <= now) return 0ms;
    return std::chrono::ceil<std::chrono::milliseconds>(found->second.until - now);
  }

  void failed(const Key& key, Clock::time_point now) {
    auto found = all_.find(key);
    if (found == all_.end()) {
      if (all_.size() >= most_) drop_one(now);
      found = all_.emplace(key, Failures{.count = 0, .since = now, .until = now, .place = by_count_[0].end()}).first;
      found->second.place = by_count_[0].insert(by_count_[0].end(), key);
    }
    Failures& failures = found->second;
    std::list<Key>& from = by_count_[failures.count];
    unsigned left = left_of(failures, now);
    failures.since = left == 0 ? now : failures.since + (failures.count - left) * rules_.fade;
    failures.count = std::min(left + 1, rules_.free + kDoublings);
    failures.until = now + wait_after(failures.count);
    // Time spent waiting is no merit.
    if (failures.until > now) failures.since = failures.until;
    std::list<Key>& to = by_count_[failures.count];
    to.splice(to.end(), from, failures.place);
  }

  unsigned count_of(const Key& key, Clock::time_point now) const {
    auto found = all_.find(key);
    return found == all_.end() ? 0 : left_of(found->second, now);
  }

  void forget(const Key& key) {
    auto found = all_.find(key);
    if (found == all_.end()) return;
    by_count_[found->second.count].erase(found->second.place);
    all_.erase(found);
  }

 private:
  unsigned left_of(const Failures& failures, Clock::time_point now) const {
    auto faded = now < failures.since ? 0 : (now - failures.since) / rules_.fade;
    return faded >= failures.count ? 0 : failures.count - unsigned(faded);
  }

  std::chrono::seconds wait_after(unsigned count) const {
    if (count < rules_.free) return 0s;
    return std::min(1s * (1U << (count - rules_.free)), kLongestWait);
  }

  void drop_one(Clock::time_point now) {
    const Key* least = nullptr;
    unsigned fewest = ~0U;
    for (const std::list<Key>& keys : by_count_) {
      if (keys.empty()) continue;
      unsigned left = left_of(all_.at(keys.front()), now);
      if (left >= fewest) continue;
      fewest = left;
      least = &keys.front();
    }
    if (least != nullptr) forget(Key(*least));
  }

  Rules rules_;
  std::size_t most_;
  std::unordered_map<Key, Failures, HashOfKey> all_;
  std::vector<std::list<Key>> by_count_;
};

}  // namespace

struct Lockout::Body {
  Body(Clock::time_point (*now)(), std::size_t most) : now(now), accounts(kAccounts, most), sources(kSources, most) {}

  // Nobody outside can find two that are the same, or that lie in one bucket: the seed is ours.
  Key key_of(std::string_view text) const {
    crypto::Sha256 digest = crypto::sha256(cat(seed, text));
    Key key;
    std::memcpy(key.data(), digest.data(), key.size());
    return key;
  }
  Key key_of_account(std::string_view login) const { return key_of(folded_login(login)); }
  Key key_of_source(const net::Address& source) const {
    // Whoever has an IPv6 network has at least a /64 of it.
    std::size_t bytes = source.is_v4() ? 16 : 8;
    return key_of({reinterpret_cast<const char*>(source.ip().data()), bytes});
  }

  Clock::time_point (*now)();
  const std::string seed = crypto::random_bytes(16);
  mutable std::mutex mutex;
  Ledger accounts;                                         // under mutex
  Ledger sources;                                          // under mutex
  std::unordered_map<Key, unsigned, HashOfKey> under_way;  // under mutex; as many entries as threads that look
};

Lockout::Lockout(Clock::time_point (*now)(), std::size_t most) : body_(std::make_unique<Body>(now, most)) {}
Lockout::~Lockout() = default;

std::chrono::milliseconds Lockout::wait_for(std::string_view login, const net::Address& source) const {
  std::chrono::milliseconds account = wait_for(login);
  Key key = body_->key_of_source(source);
  std::lock_guard lock(body_->mutex);
  return std::max(account, body_->sources.wait_for(key, body_->now()));
}

std::chrono::milliseconds Lockout::wait_for(std::string_view login) const {
  Key key = body_->key_of_account(login);
  std::lock_guard lock(body_->mutex);
  return body_->accounts.wait_for(key, body_->now());
}

Lockout::Attempt::Attempt(Lockout& lockout, std::string_view login) : lockout_(lockout), login_(login) {
  Body& body = *lockout_.body_;
  Key key = body.key_of_account(login_);
  std::lock_guard lock(body.mutex);
  unsigned others = body.under_way[key]++;
  may_go_on_ = others == 0 || others + body.accounts.count_of(key, body.now()) < kAccounts.free;
}

Lockout::Attempt::~Attempt() {
  Body& body = *lockout_.body_;
  Key key = body.key_of_account(login_);
  std::lock_guard lock(body.mutex);
  auto found = body.under_way.find(key);
  if (--found->second == 0) body.under_way.erase(found);
}

void Lockout::failed(std::string_view login, const net::Address& source) {
  failed(login);
  Key key = body_->key_of_source(source);
  std::lock_guard lock(body_->mutex);
  body_->sources.failed(key, body_->now());
}

void Lockout::failed(std::string_view login) {
  Key key = body_->key_of_account(login);
  std::lock_guard lock(body_->mutex);
  body_->accounts.failed(key, body_->now());
}

void Lockout::succeeded(std::string_view login) {
  Key key = body_->key_of_account(login);
  std::lock_guard lock(body_->mutex);
  body_->accounts.forget(key);
}

}  // namespace pforte::identity
