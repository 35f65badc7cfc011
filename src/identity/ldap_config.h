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
  std::optional<conf::Text> trust;                              // "system" (default), or a PEM file, resolved
  std::chrono::milliseconds timeout = std::chrono::seconds(5);  // of connecting, and of each answer

  // Search and bind: the entry is searched, then its password tried.
  std::string base;
  std::string user_filter;             // "(uid={login})"
  std::optional<std::string> bind_dn;  // none: searched anonymously
  std::optional<conf::Text> bind_password_file;
  // Or bind alone: "uid={login},ou=people,dc=example,dc=com", "{login}@example.com".
  std::optional<std::string> bind_pattern;

  std::string login_attribute;  // which attribute is the agent's login; empty: what was typed
  std::string name_attribute = "cn";
  std::string mail_attribute = "mail";
  std::string group_attribute = "memberOf";  // of the user's entry; the first RDN's value is the group's name
  std::string group_base;                    // or searched here,
  std::string group_filter;                  // with "(member={dn})"
};

LdapConfig read_ldap_config(conf::Reader keys);

}  // namespace pforte::identity
