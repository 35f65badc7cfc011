#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "kerberos/fault.h"
#include "kerberos/gss.h"
#include "kerberos/keytab_file.h"

struct _krb5_kt;  // NOLINT(readability-identifier-naming,bugprone-reserved-identifier): the Kerberos library's

namespace pforte::kerberos {

// The keys of one service, copied into a keytab in memory that holds nothing else: it cannot be found half-written, no
// file is opened for a ticket, and no other key is tried. Any thread.
class ServiceKeys {
 public:
  // A key, without itself.
  struct Key {
    int version = 0;
    int encryption = 0;
    std::chrono::system_clock::time_point written;  // 1970 where the keytab says nothing
  };

  ServiceKeys(std::string principal, std::string keytab)
      : principal_(std::move(principal)), keytab_(std::move(keytab)) {}

  const std::string& principal() const { return principal_; }
  // As the library names it.
  const std::string& keytab() const { return keytab_; }
  const std::vector<Key>& keys() const { return keys_; }
  // Those of the keys, sorted, each once.
  std::vector<int> versions() const;

  // Whether a ticket of this key version (-1: unknown) and encryption can be opened, see key_version_fits().
  bool fits(std::int64_t version, std::int64_t encryption) const;
  // Whether its version is that of a key only by its lowest 8 bits.
  bool fits_by_low_bits(std::int64_t version, std::int64_t encryption) const;

  // What one accept works with. Nobody else uses it at the same time: the library holds a credential's lock through a
  // whole accept, and to open the library anew for each ticket would cost more than to open the ticket.
  struct Tools {
    Credential credential;
    Library library;
    bool for_all = true;  // false: for this ticket alone
  };
  // For a ticket like this, where there is one already.
  Result<Tools> borrow(std::int64_t version = -1, std::int64_t encryption = -1) const;
  void give_back(Tools tools) const;

 private:
  friend class KeyRing;

  std::string principal_;
  std::string keytab_;
  std::vector<Key> keys_;

  mutable std::mutex lock_;
  mutable std::vector<Tools> idle_;
};

// What was read from a keytab file at once: the keys of the services that we want from it.
class KeyRing {
 public:
  static std::shared_ptr<const KeyRing> read(const std::string& file, const std::vector<std::string>& wanted);
  ~KeyRing();
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
  std::vector<_krb5_kt*> keytabs_;  // keep those in memory alive
  std::map<std::string, ServiceKeys, std::less<>> services_;
  std::optional<Fault> fault_;
  std::string names_;
  std::size_t name_count_ = 0;
};

}  // namespace pforte::kerberos
