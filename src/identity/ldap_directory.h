#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "identity/ldap_config.h"
#include "identity/ldap_server_state.h"

namespace pforte::identity {

// What a directory says about somebody.
struct LdapPerson {
  std::string login;  // as the agent is called: the value of login_attribute, or what was typed
  std::string name;
  std::string mail;
  std::vector<std::string> groups;  // sorted, each once; those that cannot be one (can_be_group) are left out
};

// Somebody who can try a password.
struct LdapAccount {
  std::string bind_name;  // with which they bind: a distinguished name, or what bind_pattern makes of the login
  std::string key;        // the same for every spelling of the login that leads to this account
  LdapPerson person;      // without groups that have to be searched; with bind_pattern the login alone
};

// A directory of several servers, asked in order. One that did not answer is left alone for a while, 5 s to 60 s, and
// the next is asked. Connections for searches are kept and shared; each password is tried on a connection of its own.
// Any thread; blocks, for each server no longer than a few times `timeout`.
//
// Everything fails with Kind::Unavailable where nobody answers: ldap.unavailable (all servers are left alone), or what
// the last one had: ldap.connect, ldap.not-trusted, ldap.busy, ldap.timeout, ldap.no-entry, ldap.refused,
// ldap.service-account. That says nothing about a login.
class LdapDirectory {
 public:
  // `config` has been read without errors.
  explicit LdapDirectory(const LdapConfig& config);
  ~LdapDirectory();

  // Who has this login. Fails with Kind::NotFound (ldap.unknown), and with Kind::Denied where an entry cannot be used:
  // ldap.ambiguous (the filter finds two), ldap.entry (its login_attribute has no value, or several). With bind_pattern
  // nobody is asked.
  Result<LdapAccount> find(const std::string& login);

  // Tries the password. Fails with Kind::Denied: ldap.wrong, ldap.denied (the account is disabled, locked, expired),
  // ldap.nobody (the server did not mean it), ldap.entry.
  Result<LdapPerson> prove(const LdapAccount& account, const Secret& password);

  // Does as much as prove() does with a wrong password, so that one cannot tell by the time who is known.
  void prove_nobody(const Secret& password);

  // find() and prove().
  Result<LdapPerson> authenticate(const std::string& login, const Secret& password);

  // Its servers, in the order in which they are asked.
  std::vector<LdapServerState> servers() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity
