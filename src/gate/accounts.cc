#include "gate/accounts.h"

#include "base/text.h"
#include "kerberos/memory_replay_guard.h"

namespace pforte::gate {

Result<std::unique_ptr<Accounts>> Accounts::open(const std::string& state_dir) {
  std::unique_ptr<store::Store> store = TRY(store::open_sqlite(cat(state_dir, "/pforte.db")));
  kerberos::MemoryReplayGuard::Options options;
  options.folder = cat(state_dir, "/replays");
  std::unique_ptr<kerberos::MemoryReplayGuard> replays = TRY(kerberos::MemoryReplayGuard::make(std::move(options)));
  return std::unique_ptr<Accounts>(new Accounts(std::move(store), std::move(replays)));
}

void Accounts::note_change() {
  changed_.store(true, std::memory_order_release);
  tell_();
}

Result<bool> Accounts::take_change() {
  std::uint64_t elsewhere = TRY(store_->changes_elsewhere());
  bool changed = changed_.exchange(false, std::memory_order_acq_rel);
  return std::exchange(seen_elsewhere_, elsewhere) != elsewhere || changed;
}

}  // namespace pforte::gate
