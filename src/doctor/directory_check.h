#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "doctor/kerberos_path.h"
#include "identity/ldap_connection.h"

namespace pforte::doctor {

// Asks the directory for the account of each service and judges it. Of services in several realms, those in the
// directory's own. `given`: the services for which the KDC gave a ticket, so that some account has their names. Blocks,
// for each question no longer than the directory's timeout.
void check_accounts(const KerberosFacts& facts, const KerberosHops& hops, const std::set<std::string>& given,
                    Path& path);

// Asks it how long the tickets of the agents are, against what the gate and applications take. Blocks for about 20 s at
// most; where there are more agents, that is told.
void check_ticket_sizes(const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// A directory, on a connection that has signed in.
class DirectoryView {
 public:
  // Where accounts are searched.
  DirectoryView(identity::LdapConnection& connection, std::string base, bool is_windows)
      : connection_(connection), base_(std::move(base)), is_windows_(is_windows) {}

  const std::string& base() const { return base_; }
  // Whether it is Active Directory, by its own words.
  bool is_windows() const { return is_windows_; }

  // "CORP.TEST" of "OU=crm,DC=corp,DC=test"; empty where the base has no DC.
  std::string realm() const;

  Result<identity::LdapFound> find(const std::string& filter, std::vector<std::string> attributes, int most);
  Result<identity::LdapFound> read(const std::string& dn, std::vector<std::string> attributes);

 private:
  identity::LdapConnection& connection_;
  std::string base_;
  bool is_windows_;
};

// Connects to the first of the servers that answers, as the service account. Fails with what the last one had.
Result<identity::LdapConnection> open_directory(const identity::LdapConfig& config);

// Does `work` on a connection to the directory, where its base is. Fails as the connection and the work do.
Result<> with_directory(const DirectoryFacts& directory, const std::function<Result<>(DirectoryView&)>& work);

}  // namespace pforte::doctor
