#include "kerberos/key_ring.h"

#include <krb5/krb5.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "kerberos/key_version.h"
#include "kerberos/keytab_file.h"

namespace pforte::kerberos {
namespace {

bool version_fits(int in_keytab, std::int64_t of_ticket) {
  return of_ticket <= 0 || key_version_fits(std::uint32_t(in_keytab), std::uint32_t(of_ticket));
}

// The first entry of that key that the library finds.
bool copy_key(krb5_context library, const std::string& from, const ServiceKeys::Key& key, KeyBox& into) {
  krb5_keytab keytab = nullptr;
  krb5_kt_cursor cursor{};
  if (krb5_kt_resolve(library, from.c_str(), &keytab) != 0) return false;
  bool copied = false;
  if (krb5_kt_start_seq_get(library, keytab, &cursor) == 0) {
    krb5_keytab_entry entry{};
    while (!copied && krb5_kt_next_entry(library, keytab, &entry, &cursor) == 0) {
      bool is_it = int(entry.vno) == key.version && entry.key.enctype == key.encryption;
      copied = is_it && into.add(entry);
      krb5_free_keytab_entry_contents(library, &entry);
    }
    krb5_kt_end_seq_get(library, keytab, &cursor);
  }
  krb5_kt_close(library, keytab);
  return copied;
}

}  // namespace

bool ServiceKeys::fits(std::int64_t version, std::int64_t encryption) const {
  return std::ranges::any_of(
      keys_, [&](const Key& key) { return key.encryption == encryption && version_fits(key.version, version); });
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

void ServiceKeys::add(krb5_keytab_entry_st& entry) {
  if (all_.add(entry)) keys_.push_back({int(entry.vno), entry.key.enctype, time_of_entry(entry)});
}

const ServiceKeys::Key* ServiceKeys::stand_in(std::int64_t version, std::int64_t encryption) const {
  const Key* first = nullptr;
  for (const Key& key : keys_) {
    if (key.encryption != encryption || !version_fits(key.version, version)) continue;
    if (version <= 0 || key.version == version) return nullptr;
    if (first == nullptr) first = &key;
  }
  return first;
}

Result<const KeyBox*> ServiceKeys::single(const Key& key) const {
  std::lock_guard guard(lock_);
  if (auto found = singles_.find(&key); found != singles_.end()) return &found->second.box;
  if (Library library = open_library()) {
    Single& made = singles_.try_emplace(&key, std::move(library), principal_).first->second;
    if (copy_key(made.library.get(), keytab(), key, made.box)) return &made.box;
    singles_.erase(&key);
  }
  return fail(Kind::Unavailable, "kerberos.keytab", cat("a key of ", principal_, " cannot be copied"));
}

Result<KeyBox::Tools> ServiceKeys::borrow(std::int64_t version, std::int64_t encryption) const {
  const Key* other = stand_in(version, encryption);
  if (other == nullptr) return all_.borrow();
  const KeyBox* box = TRY(single(*other));
  return box->borrow();
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

void KeyRing::take(krb5_keytab_entry_st& entry, const std::vector<std::string>& wanted) {
  constexpr std::size_t kMostNames = 3;
  std::string name = principal_of(*entry.principal).to_text();
  if (name_count_ < kMostNames && !names_.contains(name)) {
    names_ += cat(names_.empty() ? "" : ", ", name);
    ++name_count_;
  }
  if (!std::ranges::binary_search(wanted, name)) return;
  services_.try_emplace(name, library_.get(), name).first->second.add(entry);
}

const ServiceKeys* KeyRing::find(std::string_view principal) const {
  auto found = services_.find(principal);
  return found == services_.end() ? nullptr : &found->second;
}

}  // namespace pforte::kerberos
