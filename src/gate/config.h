#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "acme/config.h"
#include "gate/alarm_config.h"
#include "gate/backend_config.h"
#include "gate/ca_config.h"
#include "gate/cache_config.h"
#include "gate/contacts_config.h"
#include "gate/limits_config.h"
#include "gate/listener_config.h"
#include "gate/passthrough_config.h"
#include "gate/site_config.h"
#include "identity/ldap_config.h"
#include "identity/sign_in_config.h"
#include "kerberos/kerberos_config.h"

namespace pforte::gate {

// `[admin]`: where the operator's own listener waits.
struct AdminConfig {
  conf::Place place;

  // Default: 127.0.0.1:8444.
  net::Address address;
};

// `[log]`.
struct LogConfig {
  // JSON lines, one per request: a file (path already resolved), "-" for standard output, "off".
  conf::Text access{.value = "-", .place = {}};
};

// `[tls]`: what holds for all TLS listeners.
struct TlsConfig {
  // For sites that do not say otherwise, and for clients that name no site.
  TlsProfile profile = TlsProfile::Intermediate;

  // How often the key of session tickets is replaced; a ticket is good for two such periods. 1 min to 7 d.
  std::chrono::milliseconds ticket_rotation = std::chrono::hours(12);
};

// A whole configuration file: pforte.toml(5). Its texts agree with each other; whether the files it names can be
// read and fit each other has not been looked at.
struct Config {
  // The file it was read from.
  std::string file;

  // Folder of keys, certificates and the database, and where it is named: `file` as a whole where it is left out.
  std::string state_dir = "/var/lib/pforte";
  conf::Place state_dir_place;

  // Threads that serve requests; 0: one per core. At most 1024.
  unsigned workers = 0;

  std::vector<ListenerConfig> listeners;
  AdminConfig admin;
  LogConfig log;
  TlsConfig tls;
  CacheMemoryConfig cache;
  ContactsConfig contacts;
  Limits limits;
  CaConfig ca;
  AlarmConfig alarm;
  std::vector<BackendConfig> backends;
  std::vector<SiteConfig> sites;
  std::vector<PassthroughConfig> passthroughs;
  std::vector<acme::CaConfig> acme;  // in the order in which they are asked

  // How agents sign in; `providers` is empty where no site asks anybody.
  std::optional<kerberos::KerberosConfig> kerberos;
  std::optional<identity::LdapConfig> ldap;
  identity::SignInConfig sign_in;

  bool signs_in() const { return !sign_in.providers.empty(); }
};

// Reads and judges a configuration file. Everything that is wrong goes to `problems`, not only the first.
// None exactly when one of them is an error.
std::optional<Config> read_config(const std::string& file, conf::Problems& problems);

// What the file says even if some of it is wrong, to look at the files that it names in the same run, and for nothing
// else. None when it cannot be read or is no TOML.
std::optional<Config> read_draft(const std::string& file, conf::Problems& problems);

// As read_config() for a text that is not in a file, such as the demo's. Relative paths in it are relative to the
// folder of `file`, and messages name `file`.
std::optional<Config> parse_config(std::string_view text, const std::string& file, conf::Problems& problems);

// Only the state folder, by which the commands to a running gate find it, and where it is named: other mistakes in the
// file do not matter for them. None when the file cannot be read or is no TOML, or where it is no text or misspelt:
// none of them works on the default folder by a guess.
std::optional<conf::Text> read_state_dir(const std::string& file, conf::Problems& problems);

}  // namespace pforte::gate
