#include "app/certificate_watch.h"

#include <utility>

#include "app/certificate_records.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "gate/plan.h"

namespace pforte::app {
namespace {

// Certificates begin and end although nobody changes anything.
constexpr std::chrono::minutes kLookAtCertificates = std::chrono::minutes(1);

void tell_unreadable(const PlanCertificates& certificates) {
  for (const std::string& why : certificates.unreadable)
    log::warning("certificate.trust-unreadable", {{"reason", why}, {"effect", "it is not trusted"}});
}

}  // namespace

Result<std::unique_ptr<CertificateWatch>> CertificateWatch::open(const std::string& state_dir) {
  std::unique_ptr<store::Store> store = TRY(store::open_sqlite(cat(state_dir, "/pforte.db")));
  return std::unique_ptr<CertificateWatch>(new CertificateWatch(std::move(store)));
}

// Sessions change the store all the time; certificates have a counter of their own.
Result<bool> CertificateWatch::is_due() {
  std::uint64_t elsewhere = TRY(store_->changes_elsewhere());
  auto now = std::chrono::steady_clock::now();
  if (elsewhere == seen_elsewhere_ && now < next_) return false;
  std::int64_t generation = TRY(inventory_.generation());
  bool due = std::exchange(generation_, generation) != generation || now >= next_;
  seen_elsewhere_ = elsewhere;
  if (due) next_ = now + kLookAtCertificates;
  if (due) changes_.fetch_add(1, std::memory_order_relaxed);
  return due;
}

Result<std::shared_ptr<const gate::TlsNames>> CertificateWatch::look(const gate::Plan& plan,
                                                                     const gate::TlsNames* names) {
  using Names = std::shared_ptr<const gate::TlsNames>;
  if (!TRY(is_due()) || !names) return Names();
  Result<Names> next = gate::TlsNames::make(plan, &inventory_);
  if (!next) generation_ = -1;
  if (next && (*next)->choices() == names->choices()) return Names();
  return next;
}

Result<> CertificateWatch::record(const gate::Plan& plan, const gate::TlsNames* names) {
  bool is_new = recorded_plan_ != &plan || recorded_names_ != names;
  if (is_new) {
    PlanCertificates certificates = read_certificates(plan);
    TRY(store_->transact([&] { return record_plan(certificates, names, inventory_); }));
    if (recorded_plan_ != &plan) tell_unreadable(certificates);
    recorded_plan_ = &plan;
    recorded_names_ = names;
  }
  bool servers_changed = TRY(record_servers(plan, inventory_));
  bool directories_changed = TRY(record_directories(plan, recorded_directories_, inventory_));
  if (is_new || servers_changed || directories_changed) changes_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

void tell_changes(const gate::TlsNames* before, const gate::TlsNames& now) {
  for (const auto& [host, choice] : now.choices()) {
    auto old = before ? before->choices().find(host) : now.choices().end();
    bool was_known = before && old != before->choices().end();
    if (was_known && old->second == choice) continue;
    if (choice.sha256.empty()) {
      log::warning("certificate.missing", {{"host", host}, {"effect", "TLS for it is refused"}});
    } else {
      log::info("certificate.swapped",
                {{"host", host}, {"sha256", choice.sha256}, {"expires", rfc3339(choice.expires)}});
    }
  }
}

}  // namespace pforte::app
