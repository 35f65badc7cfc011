#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "kerberos/gss.h"
#include "kerberos/keytab_file.h"

struct _krb5_kt;  // NOLINT(readability-identifier-naming,bugprone-reserved-identifier): the Kerberos library's

namespace pforte::kerberos {

// A keytab in memory with keys of one service alone, and what accepts with them work with: it cannot be found
// half-written, no file is opened for a ticket, and no other key is tried. Any thread, but for add().
class KeyBox {
 public:
  enum class Opens : std::uint8_t {
    ItsVersion,  // by the key whose version the ticket says; the library compares whole versions in such a keytab
    Any,         // by any key it holds, whatever version the ticket says
  };

  // Without a key yet. The library lives longer.
  KeyBox(_krb5_context* library, std::string service, Opens opens);

  // Copies a key into it; false: there is no memory for it.
  bool add(krb5_keytab_entry_st& entry);

  const std::string& service() const { return service_; }
  // As the library names it, "MEMORY:x".
  const std::string& keytab() const { return keytab_; }
  Opens opens() const { return opens_; }

  // What one accept works with. Nobody else uses it at the same time: the library holds a credential's lock through a
  // whole accept, and to acquire one anew for each ticket would cost more than to open the ticket.
  struct Tools {
    Credential credential;
    Library library;
    const KeyBox* of = nullptr;
  };
  // Fails with Kind::Unavailable when the library cannot use the keys.
  Result<Tools> borrow() const;
  void give_back(Tools tools) const;

 private:
  struct Close {
    _krb5_context* library;
    void operator()(_krb5_kt* keytab) const;
  };

  const std::string service_;
  const std::string keytab_;
  const Opens opens_;
  std::unique_ptr<_krb5_kt, Close> kept_;  // a keytab in memory goes with the last who has it open

  mutable std::mutex lock_;
  mutable std::vector<Tools> idle_;
};

}  // namespace pforte::kerberos
