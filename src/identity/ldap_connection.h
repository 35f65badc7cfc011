#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "identity/ldap_server.h"

namespace pforte::identity {

// How a server is spoken to.
struct LdapLink {
  LdapServer server;
  bool start_tls = false;  // for a server without ldaps
  std::string trust;       // "system", or a PEM file
  std::chrono::milliseconds timeout{};
};

struct LdapEntry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> values;  // by the attribute's name in lower case
};

struct LdapSearch {
  enum class Scope : std::uint8_t { Entry, Subtree };
  std::string base;
  Scope scope = Scope::Subtree;
  std::string filter;
  std::vector<std::string> attributes;  // none: the name of each entry alone
  int most = 0;                         // entries
};

struct LdapFound {
  std::vector<LdapEntry> entries;
  bool cut = false;  // there would have been more
};

// One connection to a directory, version 3, as nobody until bind(). Referrals are not followed. What the server does
// not say within the time of the link, it does not say: every function ends after about that long (connecting: for each
// of the host's addresses, and then for the handshake). Used by one thread at a time.
//
// Fails with Kind::Closed where there is no connection (any more): ldap.connect, ldap.not-trusted, ldap.busy; with
// Kind::Timeout (ldap.timeout); with Kind::Unavailable where the server answers, but not as it should: ldap.no-entry,
// ldap.refused.
class LdapConnection {
 public:
  // TLS is verified: the chain up to `trust`, and the name or address in the certificate's SAN, never its CN.
  static Result<LdapConnection> open(const LdapLink& link);

  LdapConnection(LdapConnection&&) noexcept;
  LdapConnection& operator=(LdapConnection&&) noexcept;
  ~LdapConnection();

  // Simple bind (RFC 4513, 5.1). `name` is a distinguished name, or what the server takes for one. Fails with
  // Kind::Denied: ldap.wrong, where the two do not go together (an empty name or password, which servers take for
  // nobody's, is that without being asked); ldap.denied, where the account may not sign in although the password may
  // be right; the text says why, for the log alone.
  Result<> bind(const std::string& name, const Secret& password);

  // Asks the server whom it takes us for (RFC 4532), since some say yes to a bind and mean nobody. A server that cannot
  // say passes. Fails with Kind::Denied (ldap.nobody).
  Result<> am_i_somebody();

  Result<LdapFound> search(const LdapSearch& search);

  // What the server has shown, in DER; libldap tells of those that lead to its root nothing. Empty without TLS.
  std::string certificate() const;

 private:
  struct Body;
  explicit LdapConnection(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity
