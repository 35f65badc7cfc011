#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "gate/key_drift.h"
#include "gate/session_log.h"
#include "identity/agents.h"
#include "identity/lockout.h"
#include "identity/services.h"
#include "kerberos/memory_replay_guard.h"
#include "store/store.h"

namespace pforte::gate {

// What signing in knows beyond one configuration: who the agents are, which services run, which tickets were seen, who
// guesses passwords. Made with the first plan that signs anybody in; outlives all plans. Any thread.
class Accounts {
 public:
  // Opens STATE_DIR/pforte.db and the memory of tickets beside it. Fails with Kind::Unavailable, and Kind::Invalid when
  // a newer version made them.
  static Result<std::unique_ptr<Accounts>> open(const std::string& state_dir);

  store::Store& store() { return *store_; }
  identity::Agents& agents() { return agents_; }
  identity::Services& services() { return services_; }
  identity::Lockout& lockout() { return lockout_; }
  kerberos::MemoryReplayGuard& replays() { return *replays_; }
  KeyDrifts& key_drifts() { return key_drifts_; }
  SessionLog& sessions() { return sessions_; }

  // Something in the store has changed by this process: workers are to be told.
  void note_change();
  // Called by note_change(), on whatever thread. Set once, before anybody signs in.
  void on_change(std::function<void()> tell) { tell_ = std::move(tell); }
  // Whether something has changed since the last time, here or by another process. Blocks; fails as the store does.
  Result<bool> take_change();

 private:
  Accounts(std::unique_ptr<store::Store> store, std::unique_ptr<kerberos::MemoryReplayGuard> replays)
      : store_(std::move(store)),
        agents_(*store_),
        services_(*store_),
        replays_(std::move(replays)),
        sessions_(*store_) {}

  std::unique_ptr<store::Store> store_;
  identity::Agents agents_;
  identity::Services services_;
  identity::Lockout lockout_;
  std::unique_ptr<kerberos::MemoryReplayGuard> replays_;
  KeyDrifts key_drifts_;
  SessionLog sessions_;
  std::function<void()> tell_ = [] {};
  std::atomic<bool> changed_ = true;
  std::uint64_t seen_elsewhere_ = 0;
};

}  // namespace pforte::gate
