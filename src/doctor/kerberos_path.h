#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conf/problem.h"
#include "doctor/name_facts.h"
#include "doctor/path.h"
#include "identity/ldap_config.h"
#include "kerberos/kerberos_config.h"
#include "kerberos/krb5_file.h"

namespace pforte::doctor {

// Somebody who signs in.
struct AgentName {
  std::string login;
  std::vector<std::string> principals;
};

// A directory that is asked about accounts, and what for.
struct DirectoryFacts {
  identity::LdapConfig config;        // read without errors; without a base, the server's own
  bool is_typed = false;              // by --ldap and its options, not by the configuration
  bool may_be_another = false;        // not the KDC's: then accounts are judged only if it is Active Directory
  std::vector<AgentName> agents;      // whose tickets may grow too long
  std::size_t authorization = 0;      // bytes of the longest that the gate takes
  bool application_signs_in = false;  // some backend gets Authorization itself
};

// What signing in by tickets rests on, as configuration and files have it.
struct KerberosFacts {
  kerberos::KerberosConfig config;
  conf::Problems problems;        // of the configuration, those of [kerberos] and of the files it names
  std::string krb5_name;          // the krb5.conf that counts; empty: there is none
  kerberos::Krb5File krb5;        // with what it includes
  std::vector<conf::Text> hosts;  // under which people sign in, lower case; "*.example.com" and "*" among them
  NameFacts names;                // how this machine looks up names
  uid_t gate_user = 0;            // whom the gate runs as
  bool stopped = false;           // an administrator has stopped the service kerberos
  std::optional<DirectoryFacts> directory;
  std::optional<std::string> alone;  // where one service is examined, its name without the realm: "HTTP/host"

  // Whether a service is to be examined.
  bool concerns(const kerberos::Principal& service) const;

  // The realms of its services, each once; where there are none, the default realm.
  std::vector<std::string> realms() const;

  // A realm with a block in the krb5.conf that is spelt nearly as this one, which has none. None: there is no such.
  std::optional<std::string> realm_meant_by(const std::string& realm) const;

  // default_realm of the krb5.conf; empty: it says none.
  std::string default_realm() const;
};

// Where what is found on the way of a sign-in belongs to.
struct KerberosHops {
  std::size_t browser = 0;
  std::size_t dns = 0;
  std::size_t gate = 0;
  std::size_t krb5 = 0;
  std::size_t keytab = 0;
  std::map<std::string, std::size_t> realms;  // its KDCs, by the realm's name
  std::size_t directory = 0;                  // 0: it is not asked
};

// The way of a sign-in and its stations.
struct KerberosPath {
  Path path;
  KerberosHops hops;
};

// browser → DNS → gate → krb5.conf → keytab → KDC EXAMPLE.COM → directory. The last only where one is asked.
KerberosPath path_of_kerberos(const KerberosFacts& facts, const std::string& subject);

// Tells what reading the configuration has found of Kerberos, each at its station, with file and line.
void tell_kerberos_problems(const KerberosFacts& facts, const KerberosHops& hops, Path& path);

// "krb5.conf:12" as evidence; the line as a whole, since a column helps nobody in such a file.
Evidence evidence_of(const conf::Place& place);

}  // namespace pforte::doctor
