#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "kerberos/acceptor.h"
#include "kerberos/gss.h"
#include "kerberos/key_ring.h"
#include "kerberos/keytab_watch.h"
#include "kerberos/presentation.h"
#include "kerberos/token.h"

namespace pforte::kerberos {

// One configured service.
struct Service {
  Principal principal;
  std::string name;  // as to_text() writes it
  KeytabWatch* keytab = nullptr;
  bool allows_rc4 = false;
  mutable std::atomic<std::uint64_t> rc4_tickets = 0;
};

// A credential that is lent for one leg.
class Lease {
 public:
  Lease(const Service& service, std::shared_ptr<const KeyRing> ring, const ServiceKeys& keys, KeyBox::Tools tools)
      : service_(&service), ring_(std::move(ring)), keys_(&keys), tools_(std::move(tools)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (tools_.credential) tools_.of->give_back(std::move(tools_));
  }

  const Service& service() const { return *service_; }
  const ServiceKeys& keys() const { return *keys_; }
  // Of the keys, those that it works with.
  const KeyBox& box() const { return *tools_.of; }
  const Credential& credential() const { return tools_.credential; }
  const Library& library() const { return tools_.library; }

 private:
  const Service* service_;
  std::shared_ptr<const KeyRing> ring_;
  const ServiceKeys* keys_;
  KeyBox::Tools tools_;
};

// The configured services with their keytabs, each found by name in the same time however many there are. Any thread.
class Services {
 public:
  explicit Services(const KerberosConfig& config);

  // Null when there is none of that name.
  const Service* find(std::string_view name) const;

  // Whose keys may open the ticket: the service it names, or, when there is none of that name, up to 8 of the same
  // realm and kind that have a fitting key, since a domain controller gives tickets for aliases and for any spelling.
  // Never empty. Fails with Kind::Denied when there is none (kerberos.no-key), or none of its keys fits.
  Result<std::vector<const Service*>> candidates(const Token& token) const;

  // Notes in `seen` that the keys of this one are tried.
  static void show_keys(const Service& service, Presentation& seen);

  // That the ticket is for none of them, with the nearest.
  Error no_key(const Token& token) const;

  // Of a session's key, too. Fails with Kind::Denied when it is RC4 or DES and the service does not allow that.
  static Result<> check_encryption(const Service& service, std::int64_t encryption);

  // For this token. Fails with Kind::Unavailable when the service has no keys that can be used.
  Result<Lease> borrow(std::string_view name, const Token& token) const;
  Result<Lease> any() const;

  std::vector<KeyStatus> status() const;

 private:
  Result<Lease> borrow_from(const Service& service, const Token& token) const;

  std::map<std::string, std::unique_ptr<KeytabWatch>, std::less<>> keytabs_;
  std::map<std::string, Service, std::less<>> services_;
  std::map<std::string, std::vector<const Service*>, std::less<>> by_realm_;
};

}  // namespace pforte::kerberos
