#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"

namespace pforte::identity {

// `[ldap]`.
struct LdapConfig {
  conf::Place place;
  std::vector<conf::Text> servers;  // "ldaps://host[:port]", or "ldap://" with start_tls; tried in order
  bool start_tls = false;
  bool plain = false;  // passwords may travel in clear over the network; over loopback they may without this
  std::optional<conf::Text> trust;                              // "system" (default), or a trust store, resolved
  std::optional<conf::Text> trust_password_file;                // its password is the first line; resolved
  std::chrono::milliseconds timeout = std::chrono::seconds(5);  // of connecting, and of each answer; 100 ms to 60 s

  // Search and bind: the entry is searched, then its password tried.
  std::string base;
  std::string user_filter;             // "(uid={login})"
  std::optional<std::string> bind_dn;  // none: searched anonymously
  std::optional<conf::Text> bind_password_file;
  // Or bind alone: "uid={login},ou=people,dc=example,dc=com", "{login}@example.com". The entry is searched afterwards,
  // as the one who has signed in: by base and user_filter if they are given, else by the name where that is a DN.
  std::optional<std::string> bind_pattern;

  // Which attribute is the agent's login, if not told that of user_filter; empty: as typed.
  std::string login_attribute;
  std::string name_attribute = "cn";
  std::string mail_attribute = "mail";
  std::string group_attribute = "memberOf";  // of the user's entry; the first RDN's value is the group's name
  std::string group_base;                    // or searched here,
  std::string group_filter;                  // with "(member={dn})"
};

// What is wrong goes to the reader's problems; the result is for use only if they have no errors.
LdapConfig read_ldap_config(conf::Reader keys);

// Whether the files that it names can be read and are what they should be. Problems at their places.
void check_ldap_files(const LdapConfig& config, conf::Problems& problems);

}  // namespace pforte::identity
