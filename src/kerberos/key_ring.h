#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "kerberos/fault.h"
#include "kerberos/key_box.h"
#include "kerberos/keytab_file.h"

namespace pforte::kerberos {

// The keys of one service. Any thread.
class ServiceKeys {
 public:
  // A key, without itself.
  struct Key {
    int version = 0;
    int encryption = 0;
    std::chrono::system_clock::time_point written;  // 1970 where the keytab says nothing
  };

  // None yet. The library lives longer.
  ServiceKeys(_krb5_context* library, std::string principal)
      : principal_(std::move(principal)), all_(library, principal_, KeyBox::Opens::ItsVersion) {}

  const std::string& principal() const { return principal_; }
  // As the library names it.
  const std::string& keytab() const { return all_.keytab(); }
  const std::vector<Key>& keys() const { return keys_; }
  // Those of the keys, sorted, each once.
  std::vector<int> versions() const;

  // Whether a ticket of this key version (-1: unknown) and encryption can be opened, see key_version_fits().
  bool fits(std::int64_t version, std::int64_t encryption) const;

  // For a ticket like this. Where no key has its version, but one stands for it (see key_version_fits()), it is opened
  // with that key alone. They go back to where they are of, while this lives.
  Result<KeyBox::Tools> borrow(std::int64_t version = -1, std::int64_t encryption = -1) const;

 private:
  friend class KeyRing;

  // A key in a box of its own.
  struct Single {
    Single(Library opened, const std::string& service)
        : library(std::move(opened)), box(library.get(), service, KeyBox::Opens::Any) {}
    Library library;
    KeyBox box;
  };

  void add(krb5_keytab_entry_st& entry);
  // Null where a key has the version itself. Of several it is the first, as in a keytab file of the library.
  const Key* stand_in(std::int64_t version, std::int64_t encryption) const;
  Result<const KeyBox*> single(const Key& key) const;

  std::string principal_;
  KeyBox all_;
  std::vector<Key> keys_;

  mutable std::mutex lock_;
  mutable std::map<const Key*, Single> singles_;  // made when they are first wanted
};

// What was read from a keytab file at once: the keys of the services that we want from it.
class KeyRing {
 public:
  static std::shared_ptr<const KeyRing> read(const std::string& file, const std::vector<std::string>& wanted);
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  // Null when the file has no key of it.
  const ServiceKeys* find(std::string_view principal) const;

  bool empty() const { return services_.empty(); }

  // What is wrong with the file as a whole.
  const std::optional<Fault>& fault() const { return fault_; }

  // The first services of the file, for messages.
  const std::string& names() const { return names_; }

 private:
  KeyRing() = default;
  void take(krb5_keytab_entry_st& entry, const std::vector<std::string>& wanted);

  Library library_;
  std::map<std::string, ServiceKeys, std::less<>> services_;
  std::optional<Fault> fault_;
  std::string names_;
  std::size_t name_count_ = 0;
};

}  // namespace pforte::kerberos
