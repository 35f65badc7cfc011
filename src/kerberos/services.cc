#include "kerberos/services.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/nearest.h"
#include "kerberos/diagnosis.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab.h"

namespace pforte::kerberos {
namespace {

constexpr std::size_t kMostCandidates = 8;

// Whether one account may well have both names: the same kind of service, "HTTP".
bool same_kind(const Principal& left, const Principal& right) {
  return left.components.size() == right.components.size() && equals_ignoring_case(left.primary(), right.primary());
}

// 0: the same but for case. 1: one host is the other's short name. 2: another host.
int distance(const Principal& left, const Principal& right) {
  std::string_view a = left.components.back(), b = right.components.back();
  if (equals_ignoring_case(a, b)) return 0;
  return equals_ignoring_case(a.substr(0, a.find('.')), b.substr(0, b.find('.'))) ? 1 : 2;
}

Error weak(std::string_view service, std::int64_t encryption) {
  return {Kind::Denied, "kerberos.rc4",
          cat("the ticket for ", service, " uses ", encryption_name(encryption), ", which is not allowed")};
}

}  // namespace

Services::Services(const KerberosConfig& config) {
  std::map<std::string, std::vector<std::string>> wanted;
  for (const KeytabConfig& one : config.keytabs) wanted[one.keytab.value].push_back(one.principal.to_text());
  for (auto& [file, names] : wanted) keytabs_.emplace(file, std::make_unique<KeytabWatch>(file, std::move(names)));
  for (const KeytabConfig& one : config.keytabs) {
    std::string name = one.principal.to_text();
    auto [place, fresh] = services_.try_emplace(name);
    if (!fresh) continue;
    Service& service = place->second;
    service.principal = one.principal;
    service.name = name;
    service.keytab = keytabs_.find(one.keytab.value)->second.get();
    service.allows_rc4 = std::ranges::find(config.allow_rc4, name) != config.allow_rc4.end();
    by_realm_[service.principal.realm].push_back(&service);
  }
}

const Service* Services::find(std::string_view name) const {
  auto found = services_.find(name);
  return found == services_.end() ? nullptr : &found->second;
}

Result<std::vector<const Service*>> Services::candidates(const Token& token) const {
  if (const Service* exact = find(token.service.to_text())) {
    TRY(check_encryption(*exact, token.encryption));
    std::shared_ptr<const KeyRing> ring = exact->keytab->keys();
    const ServiceKeys* keys = ring->find(exact->name);
    if (keys && !keys->fits(token.key_version, token.encryption)) return std::unexpected(missing_key(token, *keys));
    return std::vector{exact};
  }
  auto realm = by_realm_.find(token.service.realm);
  if (realm == by_realm_.end()) return std::unexpected(no_key(token));
  std::vector<const Service*> found;
  for (const Service* service : realm->second) {
    if (!same_kind(service->principal, token.service)) continue;
    std::shared_ptr<const KeyRing> ring = service->keytab->keys();
    const ServiceKeys* keys = ring->find(service->name);
    if (keys && keys->fits(token.key_version, token.encryption)) found.push_back(service);
  }
  if (found.empty()) return std::unexpected(no_key(token));
  std::erase_if(found, [&](const Service* one) { return is_weak(token.encryption) && !one->allows_rc4; });
  if (found.empty()) return std::unexpected(weak(token.service.to_text(), token.encryption));
  std::ranges::sort(found, {}, [&](const Service* one) {
    return std::pair(distance(one->principal, token.service), std::string_view(one->name));
  });
  found.resize(std::min(found.size(), kMostCandidates));
  return found;
}

void Services::show_keys(const Service& service, Presentation& seen) {
  std::shared_ptr<const KeyRing> ring = service.keytab->keys();
  const ServiceKeys* keys = ring->find(service.name);
  seen.key_owner = service.name;
  seen.keytab = service.keytab->file();
  seen.key_versions = keys ? keys->versions() : std::vector<int>();
}

Error Services::no_key(const Token& token) const {
  std::string name = token.service.to_text();
  std::vector<std::string_view> names;
  auto realm = by_realm_.find(token.service.realm);
  if (realm != by_realm_.end()) {
    for (const Service* service : realm->second) names.emplace_back(service->name);
  } else {
    for (const auto& [known, service] : services_) names.emplace_back(known);
  }
  std::string configured;
  if (std::optional<std::string_view> meant = conf::nearest(name, names)) {
    configured = cat("; the nearest is ", *meant);
  } else {
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 3); ++i)
      configured += cat(i == 0 ? "; configured: " : ", ", names[i]);
    if (names.size() > 3) configured += ", ...";
  }
  return {Kind::Denied, "kerberos.no-key", cat("the ticket is for ", name, ", which is not configured", configured)};
}

Result<> Services::check_encryption(const Service& service, std::int64_t encryption) {
  if (!is_weak(encryption) || service.allows_rc4) return {};
  return std::unexpected(weak(service.name, encryption));
}

Result<Lease> Services::borrow(std::string_view name, const Token& token) const {
  const Service* service = find(name);
  // An exchange that began before a reload took its service away.
  if (!service) return fail(Kind::Denied, "kerberos.no-key", cat(name, " is not configured any more"));
  return borrow_from(*service, token);
}

Result<Lease> Services::borrow_from(const Service& service, const Token& token) const {
  std::shared_ptr<const KeyRing> ring = service.keytab->keys();
  const ServiceKeys* keys = ring->find(service.name);
  if (!keys) {
    Fault fault = ring->fault() ? *ring->fault() : no_key_of(service.name, service.keytab->file(), ring->names());
    return fail(Kind::Unavailable, "kerberos.keytab", cat(service.name, ": ", fault.whole().en));
  }
  KeyBox::Tools tools = TRY(keys->borrow(token.key_version, token.encryption));
  return Lease(service, std::move(ring), *keys, std::move(tools));
}

Result<Lease> Services::any() const {
  std::optional<Error> why;
  for (const auto& [name, service] : services_) {
    Result<Lease> lease = borrow_from(service, Token());
    if (lease) return lease;
    why = std::move(lease).error();
  }
  return std::unexpected(*std::move(why));
}

std::vector<KeyStatus> Services::status() const {
  std::vector<KeyStatus> list;
  for (const auto& [name, service] : services_) {
    std::shared_ptr<const KeyRing> ring = service.keytab->keys();
    std::optional<Fault> fault = service.keytab->fault();
    KeyStatus status;
    status.principal = name;
    status.keytab = service.keytab->file();
    status.rc4_tickets = service.rc4_tickets;
    const ServiceKeys* keys = ring->find(name);
    for (const ServiceKeys::Key& key : keys ? keys->keys() : std::vector<ServiceKeys::Key>()) {
      status.encryptions.push_back(encryption_name(key.encryption));
      status.usable = status.usable || service.allows_rc4 || !is_weak(key.encryption);
      if (key.written > Time()) status.written = std::max(status.written.value_or(key.written), key.written);
    }
    if (keys) status.key_versions = keys->versions();
    std::ranges::sort(status.encryptions);
    auto same = std::ranges::unique(status.encryptions);
    status.encryptions.erase(same.begin(), same.end());
    if (!fault && !keys) fault = no_key_of(name, status.keytab, ring->names());
    if (!fault && !status.usable) fault = only_weak_keys(name, status.keytab);
    if (!fault) fault = check_keytab_rights(status.keytab);
    if (fault) status.problem = fault->whole();
    list.push_back(std::move(status));
  }
  return list;
}

}  // namespace pforte::kerberos
