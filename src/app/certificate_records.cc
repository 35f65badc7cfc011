#include "app/certificate_records.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "gate/trusted_certificates.h"

namespace pforte::app {
namespace {

using inventory::Inventory;
using inventory::Source;
using inventory::UseKind;
using Uses = std::vector<Inventory::PlacedUse>;

// Of one trust store; the system's has less than 200.
constexpr std::size_t kMostTrusted = 1000;

// None: what was to be kept is no certificate.
Result<std::optional<std::string>> keep(Inventory& inventory, std::string pem, Source source) {
  Result<std::string> kept = inventory.keep({.chain_pem = std::move(pem), .source = source});
  if (kept) return std::optional(*std::move(kept));
  if (kept.error().kind() == Kind::Invalid) return std::nullopt;
  return std::unexpected(std::move(kept).error());
}

Result<> add_site(const gate::Site& site, Inventory& inventory, Uses& uses) {
  for (const gate::CertificateConfig& certificate : site.config.certificates) {
    Result<std::string> pem = crypto::read_file(certificate.chain.value);
    if (!pem) continue;
    std::optional<std::string> id = TRY(keep(inventory, *std::move(pem), Source::File));
    if (id) uses.push_back({.sha256 = *id, .place = site.name});
  }
  return {};
}

using PasswordFile = std::optional<conf::Text>;

Result<> add_trust_store(const conf::Text& store, const PasswordFile& password, Inventory& inventory, Uses& uses) {
  if (store.value == "system") return {};
  Result<std::string> pem = gate::trusted_certificates(store, password);
  if (!pem) return {};
  std::vector<crypto::PemBlock> blocks = TRY(crypto::read_pem_blocks(*pem, store.value));
  for (std::size_t i = 0; i < std::min(blocks.size(), kMostTrusted); ++i) {
    std::optional<std::string> id = TRY(keep(inventory, crypto::pem_block(blocks[i].content), Source::File));
    if (id) uses.push_back({.sha256 = *id, .place = store.value});
  }
  return {};
}

Result<> add_trust_stores(const gate::Config& config, Inventory& inventory, Uses& uses) {
  for (const gate::BackendConfig& backend : config.backends) {
    bool some = std::ranges::any_of(backend.servers, &gate::ServerConfig::tls);
    if (some) TRY(add_trust_store(backend.trust, backend.trust_password_file, inventory, uses));
  }
  if (!config.ldap || !config.ldap->trust) return {};
  return add_trust_store(*config.ldap->trust, config.ldap->trust_password_file, inventory, uses);
}

// A server shows something else than the last time.
Result<> tell_change(const gate::Server& server, const std::string& id, Inventory& inventory) {
  inventory::Entry entry = TRY(inventory.find(id));
  (void)TRY(inventory.remember(id, cat("peer-changed ", server.url())));
  log::warning("certificate.peer-changed", {{"server", server.url()},
                                            {"subject", entry.subject},
                                            {"issuer", entry.issuer},
                                            {"sha256", id},
                                            {"expires", rfc3339(entry.not_after)}});
  return {};
}

}  // namespace

Result<> record_plan(const gate::Plan& plan, const gate::TlsNames* names, Inventory& inventory) {
  Uses sites, stores;
  for (const auto& site : plan.sites) TRY(add_site(*site, inventory, sites));
  if (names) {
    for (const auto& [host, choice] : names->choices()) {
      if (!choice.sha256.empty()) sites.push_back({.sha256 = choice.sha256, .place = host});
    }
  }
  TRY(add_trust_stores(plan.config, inventory, stores));
  TRY(inventory.set_uses(UseKind::Site, sites));
  return inventory.set_uses(UseKind::Trust, stores);
}

Result<bool> record_servers(const gate::Plan& plan, Inventory& inventory) {
  bool some = false;
  for (const auto& backend : plan.backends) {
    for (const auto& server : backend->servers) {
      std::string chain = server->take_chain();
      if (chain.empty()) continue;
      some = true;
      std::optional<std::string> id = TRY(keep(inventory, std::move(chain), Source::Seen));
      if (id && TRY(inventory.note_use(*id, UseKind::Backend, server->url())))
        TRY(tell_change(*server, *id, inventory));
    }
  }
  return some;
}

}  // namespace pforte::app
