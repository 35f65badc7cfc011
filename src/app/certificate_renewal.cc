#include "app/certificate_renewal.h"

#include <utility>

#include "base/german.h"
#include "base/text.h"
#include "gate/wanted_certificates.h"

namespace pforte::app {
namespace {

std::string_view word_for(acme::RenewalStatus::State state) {
  switch (state) {
    case acme::RenewalStatus::State::UnderWay:
      return "under-way";
    case acme::RenewalStatus::State::Failing:
      return "failing";
    case acme::RenewalStatus::State::Waiting:
      break;
  }
  return "waiting";
}

admin::RenewalStatus shown(const acme::RenewalStatus& status) {
  admin::RenewalStatus out;
  out.names = status.names;
  out.ca = status.ca;
  out.state = word_for(status.state);
  out.expires = status.expires;
  out.next = status.next;
  out.tried = status.tried;
  out.failures = status.failures;
  out.code = status.code;
  if (status.code.empty()) return out;
  out.problem = Message{status.reason, german_or_same(status.reason)};
  out.remedy = status.remedy;
  return out;
}

std::vector<admin::RenewalStatus> shown(const std::vector<acme::RenewalStatus>& all) {
  std::vector<admin::RenewalStatus> out;
  out.reserve(all.size());
  for (const acme::RenewalStatus& one : all) out.push_back(shown(one));
  return out;
}

}  // namespace

Result<std::unique_ptr<CertificateRenewal>> CertificateRenewal::open(net::Loop& loop, net::Pool& pool,
                                                                     const std::string& state_dir,
                                                                     EachWorker each_worker) {
  std::unique_ptr<store::Store> store = TRY(store::open_sqlite(cat(state_dir, "/pforte.db")));
  return std::unique_ptr<CertificateRenewal>(
      new CertificateRenewal(loop, pool, std::move(store), std::move(each_worker)));
}

void CertificateRenewal::follow(const gate::Config& config) {
  renewer_.follow(config.acme, gate::wanted_certificates(config));
}

net::Task<std::vector<admin::RenewalStatus>> CertificateRenewal::renew(std::string name, bool force) {
  std::vector<acme::RenewalStatus> came = co_await renewer_.renew(std::move(name), force);
  co_return shown(came);
}

std::vector<admin::RenewalStatus> CertificateRenewal::status() const {
  return shown(renewer_.status());
}

net::Task<> CertificateRenewal::show(std::shared_ptr<const acme::Proofs> proofs) {
  auto waiting = std::make_shared<std::size_t>(0);
  each_worker_([&](gate::Worker& worker) {
    ++*waiting;
    worker.loop().post([&loop = loop_, &worker, proofs, waiting] {
      worker.show(proofs);
      loop.post([waiting] { --*waiting; });
    });
  });
  while (*waiting > 0) co_await loop_.sleep_for(std::chrono::milliseconds(1));
  co_return {};
}

}  // namespace pforte::app
