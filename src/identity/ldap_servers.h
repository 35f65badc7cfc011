#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "identity/ldap_config.h"
#include "identity/ldap_connection.h"
#include "identity/ldap_server_state.h"

namespace pforte::identity {

// The servers of a directory. A piece of work is done on the first that answers; those that did not are left alone for
// a while, as LdapPatience has it, and said in the log. Any thread.
class LdapServers {
 public:
  // May be called once more, on another server, when it fails with anything but Kind::Denied.
  using Work = std::function<Result<>(LdapConnection&)>;

  explicit LdapServers(const LdapConfig& config);
  ~LdapServers();

  // On a connection as the service account (or as nobody, where there is none), which is kept for the next. One that
  // the server has closed is replaced; a server that is silent is not asked twice.
  Result<> as_service(const Work& work);

  // On a new connection, as nobody yet, which is dropped afterwards.
  Result<> alone(const Work& work);

  // In the order in which they are asked.
  std::vector<LdapServerState> states() const;

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity
