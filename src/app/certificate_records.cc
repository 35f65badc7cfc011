#include "app/certificate_records.h"

#include <algorithm>
#include <string>
#include <vector>

#include "authority/ca_certificate.h"
#include "authority/places.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "gate/sign_in.h"
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

void read_site(const gate::Site& site, PlanCertificates& into) {
  for (const gate::CertificateConfig& certificate : site.config.certificates) {
    Result<std::string> pem = crypto::read_file(certificate.chain.value);
    if (pem) into.shown.push_back({.pem = *std::move(pem), .place = site.name});
  }
}

using PasswordFile = std::optional<conf::Text>;

void read_trust_store(const conf::Text& store, const PasswordFile& password, PlanCertificates& into) {
  if (store.value == "system") return;
  Result<gate::TrustedCertificates> read = gate::trusted_certificates(store, password);
  if (!read) return;
  // Several backends may name the same folder.
  for (const Error& why : read->unreadable) into.unreadable.insert(why.text());
  auto blocks = crypto::read_pem_blocks(read->pem, store.value);
  if (!blocks) return;
  for (std::size_t i = 0; i < std::min(blocks->size(), kMostTrusted); ++i)
    into.trusted.push_back({.pem = crypto::pem_block(blocks->at(i).content), .place = store.value});
}

void read_trust_stores(const gate::Config& config, PlanCertificates& into) {
  for (const gate::BackendConfig& backend : config.backends) {
    bool some = std::ranges::any_of(backend.servers, &gate::ServerConfig::tls);
    if (some) read_trust_store(backend.trust, backend.trust_password_file, into);
  }
  if (config.ldap && config.ldap->trust) read_trust_store(*config.ldap->trust, config.ldap->trust_password_file, into);
}

void read_authority(const gate::Config& config, PlanCertificates& into) {
  authority::Places places{config.state_dir + "/ca"};
  for (const std::string& file : {places.root(), places.intermediate()}) {
    Result<authority::CaCertificate> read = authority::read_ca_certificate(file);
    if (read) into.own.push_back({.pem = read->pem(), .place = file});
  }
}

Result<> keep_all(const std::vector<PlanCertificates::Placed>& certificates, Inventory& inventory, Uses& uses) {
  for (const PlanCertificates::Placed& one : certificates) {
    std::optional<std::string> id = TRY(keep(inventory, one.pem, Source::File));
    if (id) uses.push_back({.sha256 = *id, .place = one.place});
  }
  return {};
}

// A server shows something else than the last time.
Result<> tell_change(const std::string& server, const std::string& id, Inventory& inventory) {
  inventory::Entry entry = TRY(inventory.find(id));
  (void)TRY(inventory.remember(id, cat("peer-changed ", server)));
  log::warning("certificate.peer-changed", {{"server", server},
                                            {"subject", entry.subject},
                                            {"issuer", entry.issuer},
                                            {"sha256", id},
                                            {"expires", rfc3339(entry.not_after)}});
  return {};
}

Result<> record_peer(std::string chain, UseKind kind, const std::string& server, Inventory& inventory) {
  std::optional<std::string> id = TRY(keep(inventory, std::move(chain), Source::Seen));
  if (id && TRY(inventory.note_use(*id, kind, server))) return tell_change(server, *id, inventory);
  return {};
}

}  // namespace

PlanCertificates read_certificates(const gate::Plan& plan) {
  PlanCertificates read;
  for (const auto& site : plan.sites) read_site(*site, read);
  read_trust_stores(plan.config, read);
  read_authority(plan.config, read);
  return read;
}

Result<> record_plan(const PlanCertificates& certificates, const gate::TlsNames* names, Inventory& inventory) {
  Uses sites, stores, own;
  TRY(keep_all(certificates.shown, inventory, sites));
  if (names) {
    for (const auto& [host, choice] : names->choices()) {
      if (!choice.sha256.empty()) sites.push_back({.sha256 = choice.sha256, .place = host});
    }
  }
  TRY(keep_all(certificates.trusted, inventory, stores));
  TRY(keep_all(certificates.own, inventory, own));
  TRY(inventory.set_uses(UseKind::Site, sites));
  TRY(inventory.set_uses(UseKind::Trust, stores));
  return inventory.set_uses(UseKind::Ca, own);
}

Result<bool> record_servers(const gate::Plan& plan, Inventory& inventory) {
  bool some = false;
  for (const auto& backend : plan.backends) {
    for (const auto& server : backend->servers) {
      std::string chain = server->take_chain();
      if (chain.empty()) continue;
      some = true;
      TRY(record_peer(std::move(chain), UseKind::Backend, server->url(), inventory));
    }
  }
  return some;
}

Result<bool> record_directories(const gate::Plan& plan, ShownByServer& recorded, Inventory& inventory) {
  if (!plan.sign_in) return false;
  bool some = false;
  for (const identity::LdapServerState& server : plan.sign_in->ldap_servers()) {
    if (server.certificate.empty() || recorded[server.url] == server.certificate) continue;
    some = true;
    TRY(record_peer(crypto::pem_block(server.certificate), UseKind::Ldap, server.url, inventory));
    recorded[server.url] = server.certificate;
  }
  return some;
}

}  // namespace pforte::app
