#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "acme/renewer.h"
#include "admin/status.h"
#include "gate/config.h"
#include "gate/worker.h"
#include "net/loop.h"
#include "net/pool.h"
#include "store/store.h"

namespace pforte::app {

// Keeps the certificates of a running gate that come by ACME: the renewer, its own connection to the store, and the
// workers that show CAs what they look for. On the main thread.
class CertificateRenewal final : private acme::Showcase {
 public:
  // Calls its argument for each worker.
  using EachWorker = std::function<void(const std::function<void(gate::Worker&)>&)>;

  // Opens STATE_DIR/pforte.db once more, since whoever follows the store sees what others write. Fails as it does.
  static Result<std::unique_ptr<CertificateRenewal>> open(net::Loop& loop, net::Pool& pool,
                                                          const std::string& state_dir, EachWorker each_worker);

  void follow(const gate::Config& config);

  // See acme::Renewer.
  net::Task<std::vector<admin::RenewalStatus>> renew(std::string name, bool force);
  std::vector<admin::RenewalStatus> status() const;
  admin::RenewalCounts counts() const { return {.succeeded = renewer_.succeeded(), .failed = renewer_.failed()}; }

 private:
  CertificateRenewal(net::Loop& loop, net::Pool& pool, std::unique_ptr<store::Store> store, EachWorker each_worker)
      : loop_(loop),
        store_(std::move(store)),
        each_worker_(std::move(each_worker)),
        renewer_(loop, pool, *store_, *this) {}
  net::Task<> show(std::shared_ptr<const acme::Proofs> proofs) override;

  net::Loop& loop_;
  std::unique_ptr<store::Store> store_;
  EachWorker each_worker_;
  acme::Renewer renewer_;
};

}  // namespace pforte::app
