#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "app/certificate_records.h"
#include "base/error.h"
#include "gate/tls_names.h"
#include "inventory/inventory.h"
#include "store/store.h"

namespace pforte::app {

// Follows the certificates of the store: what an administrator's command, the CA or a renewal has put there, and what
// begins or ends with time. Blocks; one call at a time, but for inventory().
class CertificateWatch {
 public:
  // Opens STATE_DIR/pforte.db once more: it is followed independently of sessions. Fails as the store does.
  static Result<std::unique_ptr<CertificateWatch>> open(const std::string& state_dir);

  inventory::Inventory& inventory() { return inventory_; }

  // Tells the inventory what a plan shows and trusts, when that is another than the last time, and what its servers
  // have shown since; says in the log when a server shows another certificate than before. Fails as the store does.
  Result<> record(const gate::Plan& plan, const gate::TlsNames* names);

  // How often something has changed that certificates are judged by. Any thread.
  std::uint64_t changes() const { return changes_.load(std::memory_order_relaxed); }

  // What a plan's TLS clients are shown from now on; null: the same as in `names`. Fails as the store does; then what
  // was known stays.
  Result<std::shared_ptr<const gate::TlsNames>> look(const gate::Plan& plan, const gate::TlsNames* names);

 private:
  explicit CertificateWatch(std::unique_ptr<store::Store> store) : store_(std::move(store)), inventory_(*store_) {}
  Result<bool> is_due();

  std::unique_ptr<store::Store> store_;
  inventory::Inventory inventory_;
  std::uint64_t seen_elsewhere_ = 0;
  std::int64_t generation_ = -1;
  std::atomic<std::uint64_t> changes_ = 0;
  const void* recorded_plan_ = nullptr;
  const void* recorded_names_ = nullptr;
  ShownByServer recorded_directories_;
  std::chrono::steady_clock::time_point next_;  // look then, whatever happens
};

// Says in the log what another look has changed: certificate.swapped, certificate.missing.
void tell_changes(const gate::TlsNames* before, const gate::TlsNames& now);

}  // namespace pforte::app
