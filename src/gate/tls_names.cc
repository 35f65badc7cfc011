#include "gate/tls_names.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/time.h"
#include "crypto/certificate.h"
#include "gate/plan.h"

namespace pforte::gate {
namespace {

// As many names of the inventory as one wildcard host takes up.
constexpr std::size_t kMostNamesOfPattern = 1000;

tls::Profile profile_of(const Site& site) {
  return site.config.tls_profile == TlsProfile::Modern ? tls::Profile::Modern : tls::Profile::Intermediate;
}

bool is_pattern(std::string_view host) {
  return host.starts_with('*');
}

}  // namespace

// Asks the inventory for the hosts of sites with "auto".
class TlsNames::Picking {
 public:
  Picking(const Plan& plan, inventory::Inventory* inventory, TlsNames& names)
      : plan_(plan), inventory_(inventory), names_(names) {}

  Result<> site(const Site& site) {
    for (const conf::Text& host : site.config.hosts) {
      if (is_pattern(host.value)) TRY(names_that_fit(site, host.value));
      TRY(pick(site, host.value));
    }
    return {};
  }

 private:
  Result<> pick(const Site& site, const std::string& host) {
    std::optional<inventory::ServableCertificate> found;
    if (inventory_ && host != "*") found = TRY(inventory_->serve(without_brackets(host), now_));
    Choice& choice = names_.choices_[host];
    std::shared_ptr<const tls::ServerContext> context;
    if (found) {
      choice = {.sha256 = found->sha256, .expires = crypto::not_after(*found->identity.chain.front())};
      context = context_of(site, *std::move(found));
    }
    if (!context) choice = {};
    names_.add(host, context);
    return {};
  }

  // A pattern of the configuration takes in each name that there is a certificate for, and that no other site has.
  Result<> names_that_fit(const Site& site, std::string_view pattern) {
    if (!inventory_) return {};
    if (!servable_) servable_ = TRY(inventory_->servable_names(now_));
    std::size_t count = 0;
    for (const std::string& name : *servable_) {
      bool fits = name != pattern && (pattern == "*" || crypto::covers({std::string(pattern)}, name));
      bool ours = fits && !names_.choices_.contains(name) && plan_.hosts.find(name) == &site;
      if (!ours) continue;
      if (++count > kMostNamesOfPattern) break;
      TRY(pick(site, name));
    }
    return {};
  }

  // One for each certificate and what is offered with it. Null: OpenSSL refuses it.
  std::shared_ptr<const tls::ServerContext> context_of(const Site& site, inventory::ServableCertificate certificate) {
    auto [place, is_new] = made_.try_emplace({certificate.sha256, site.config.tls_profile, site.config.http2});
    if (!is_new) return place->second;
    std::vector<tls::Shown> shown;
    shown.push_back({.identity = std::move(certificate.identity), .ocsp_answer = {}, .ocsp_until = {}});
    auto context = tls::ServerContext::make(profile_of(site), std::move(shown), protocols_of(site.config));
    if (context) place->second = *std::move(context);
    return place->second;
  }

  const Plan& plan_;
  inventory::Inventory* inventory_;
  TlsNames& names_;
  inventory::Time now_ = now_in_seconds();
  std::optional<std::vector<std::string>> servable_;
  std::map<std::tuple<std::string, TlsProfile, bool>, std::shared_ptr<const tls::ServerContext>> made_;
};

Result<std::shared_ptr<const TlsNames>> TlsNames::make(const Plan& plan, inventory::Inventory* inventory) {
  auto names = std::make_shared<TlsNames>();
  Picking picking(plan, inventory, *names);
  const Site* first = nullptr;
  for (const auto& site : plan.sites) {
    if (!site->config.has_certificate()) continue;
    if (!first) first = site.get();
    if (site->config.automatic) {
      TRY(picking.site(*site));
    } else {
      for (const conf::Text& host : site->config.hosts) names->add(host.value, site->tls);
    }
  }
  if (!first && plan.passthroughs.empty()) return nullptr;
  names->greeting_ = TRY(tls::ServerContext::make(tls::Profile::Intermediate, {}));
  if (!first) return std::shared_ptr<const TlsNames>(std::move(names));
  for (const conf::Text& host : first->config.hosts) {
    if (!names->first_) names->first_ = names->find(host.value);
  }
  return std::shared_ptr<const TlsNames>(std::move(names));
}

void TlsNames::add(std::string_view host, const std::shared_ptr<const tls::ServerContext>& context) {
  if (context) contexts_.push_back(context);
  hosts_.add(host, context.get());
}

std::optional<std::chrono::sys_seconds> TlsNames::expires(const Site& site) const {
  if (site.tls) return site.tls->expires();
  std::optional<std::chrono::sys_seconds> first;
  for (const conf::Text& host : site.config.hosts) {
    auto choice = choices_.find(host.value);
    if (choice == choices_.end() || choice->second.sha256.empty()) continue;
    first = std::min(first.value_or(choice->second.expires), choice->second.expires);
  }
  return first;
}

std::vector<std::string> TlsNames::refused(const Site& site) const {
  std::vector<std::string> refused;
  if (!site.config.automatic) return refused;
  for (const conf::Text& host : site.config.hosts) {
    auto has_one = [&](const auto& choice) {
      bool stands_for_it =
          choice.first == host.value ||
          (is_pattern(host.value) && (host.value == "*" || crypto::covers({host.value}, choice.first)));
      return stands_for_it && !choice.second.sha256.empty();
    };
    if (std::ranges::none_of(choices_, has_one)) refused.push_back(host.value);
  }
  return refused;
}

}  // namespace pforte::gate
