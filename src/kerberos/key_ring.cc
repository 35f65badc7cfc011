#include "kerberos/key_ring.h"

#include <krb5/krb5.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "kerberos/key_version.h"
#include "kerberos/keytab_file.h"

namespace pforte::kerberos {
namespace {

// Keytabs in memory are known by their names in the whole process, so each gets one of its own.
std::string fresh_keytab_name() {
  static std::atomic<std::uint64_t> count = 0;
  return cat("MEMORY:pforte-", ++count);
}

bool version_fits(int in_keytab, std::int64_t of_ticket) {
  return of_ticket <= 0 || key_version_fits(std::uint32_t(in_keytab), std::uint32_t(of_ticket));
}

}  // namespace

bool ServiceKeys::fits(std::int64_t version, std::int64_t encryption) const {
  return std::ranges::any_of(
      keys_, [&](const Key& key) { return key.encryption == encryption && version_fits(key.version, version); });
}

bool ServiceKeys::fits_by_low_bits(std::int64_t version, std::int64_t encryption) const {
  auto is_its = [&](const Key& key) { return key.encryption == encryption && key.version == version; };
  return version > 0 && fits(version, encryption) && std::ranges::none_of(keys_, is_its);
}

std::vector<int> ServiceKeys::versions() const {
  std::vector<int> versions;
  versions.reserve(keys_.size());
  for (const Key& key : keys_) versions.push_back(key.version);
  std::ranges::sort(versions);
  auto doubles = std::ranges::unique(versions);
  versions.erase(doubles.begin(), doubles.end());
  return versions;
}

Result<ServiceKeys::Tools> ServiceKeys::borrow(std::int64_t version, std::int64_t encryption) const {
  // A keytab in memory compares whole versions for a service that is named, and none where it is to find the key.
  if (fits_by_low_bits(version, encryption)) {
    Credential credential = TRY(acquire_credential({}, keytab_));
    return Tools{std::move(credential), open_library(), false};
  }
  {
    std::lock_guard guard(lock_);
    if (!idle_.empty()) {
      Tools tools = std::move(idle_.back());
      idle_.pop_back();
      return tools;
    }
  }
  Credential credential = TRY(acquire_credential(principal_, keytab_));
  return Tools{std::move(credential), open_library()};
}

void ServiceKeys::give_back(Tools tools) const {
  if (!tools.for_all) return;
  std::lock_guard guard(lock_);
  idle_.push_back(std::move(tools));
}

std::shared_ptr<const KeyRing> KeyRing::read(const std::string& file, const std::vector<std::string>& wanted) {
  std::shared_ptr<KeyRing> ring(new KeyRing());
  ring->library_ = open_library();
  if (!ring->library_) {
    ring->fault_ = Fault{"kerberos.krb5-config",
                         {"the Kerberos library cannot read its configuration",
                          "die Kerberos-Bibliothek kann ihre Konfiguration nicht lesen"},
                         {"pforte check names file and line", "pforte check nennt Datei und Zeile"}};
    return ring;
  }
  ring->fault_ = visit_keytab(ring->library_.get(), file, [&](krb5_keytab_entry& entry) { ring->take(entry, wanted); });
  return ring;
}

KeyRing::~KeyRing() {
  // Credentials first: they use the keytabs.
  services_.clear();
  for (_krb5_kt* keytab : keytabs_) krb5_kt_close(library_.get(), keytab);
}

void KeyRing::take(krb5_keytab_entry_st& entry, const std::vector<std::string>& wanted) {
  constexpr std::size_t kMostNames = 3;
  std::string name = principal_of(*entry.principal).to_text();
  if (name_count_ < kMostNames && !names_.contains(name)) {
    names_ += cat(names_.empty() ? "" : ", ", name);
    ++name_count_;
  }
  if (!std::ranges::binary_search(wanted, name)) return;
  auto found = services_.find(name);
  if (found == services_.end()) {
    std::string keytab = fresh_keytab_name();
    krb5_keytab made = nullptr;
    if (krb5_kt_resolve(library_.get(), keytab.c_str(), &made) != 0) return;
    keytabs_.push_back(made);
    found = services_.try_emplace(name, name, keytab).first;
  }
  krb5_keytab into = nullptr;
  if (krb5_kt_resolve(library_.get(), found->second.keytab_.c_str(), &into) != 0) return;
  if (krb5_kt_add_entry(library_.get(), into, &entry) == 0)
    found->second.keys_.push_back({int(entry.vno), entry.key.enctype, time_of_entry(entry)});
  krb5_kt_close(library_.get(), into);
}

const ServiceKeys* KeyRing::find(std::string_view principal) const {
  auto found = services_.find(principal);
  return found == services_.end() ? nullptr : &found->second;
}

}  // namespace pforte::kerberos
