#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"
#include "gate/limits_config.h"
#include "net/network.h"
#include "policy/permits.h"
#include "policy/preset.h"

namespace pforte::gate {

// Which TLS versions and ciphers are offered, after Mozilla's recommendations.
enum class TlsProfile : std::uint8_t {
  Intermediate,  // TLS 1.2 and 1.3
  Modern,        // TLS 1.3 alone
};

// One certificate of a site: `certificate = { ... }`. Paths are resolved already.
struct CertificateConfig {
  conf::Place place;

  // PEM: the site's certificate first, then its intermediates.
  conf::Text chain;

  // PEM, possibly encrypted.
  conf::Text key;

  // File whose first line is the password of `key`.
  std::optional<conf::Text> key_password_file;

  // DER file with the OCSP response that is stapled; read again when it changes.
  std::optional<conf::Text> ocsp;
};

// One `[[site.rule]]`: what holds for a path and everything below it; see policy::PathRules for which rule decides.
struct RuleConfig {
  conf::Place place;

  // As policy::check_rule_path() wants it: absolute, not encoded.
  conf::Text path;

  // Methods it allows, upper case. Empty: all.
  std::vector<std::string> methods;

  // Clients it allows. Empty: all.
  std::vector<net::Network> from;

  // Oddities of a path that are let through here although they are refused elsewhere.
  policy::Permits permits;

  // Nothing here, whatever a shorter rule allows.
  bool deny = false;

  // Largest request body in bytes here; 0: unlimited. None: the site's limit.
  std::optional<std::uint64_t> body;

  // Backend for this path. None: the site's.
  std::optional<conf::Text> backend;
};

// Some host names and what is served under them: a `[[site]]` block of pforte.toml(5).
struct SiteConfig {
  conf::Place place;

  // Lower case. "*" is the catch-all; "*.x.example" stands for exactly one label.
  std::vector<conf::Text> hosts;

  // Side by side, such as EC and RSA. May be empty where no TLS listener needs them.
  std::vector<CertificateConfig> certificates;

  TlsProfile tls_profile = TlsProfile::Intermediate;

  // Where what is allowed goes. Names a BackendConfig.
  conf::Text backend;

  // Path prefixes that are allowed, at segment borders; same form as RuleConfig::path.
  std::vector<conf::Text> allow;

  // A named list of prefixes, in addition to `allow`. Null: none.
  const policy::Preset* preset = nullptr;

  std::vector<RuleConfig> rules;

  // Complete: what the site left out is taken from `[limits]`.
  RequestLimits limits;
};

// What a site takes over when it says nothing itself.
struct SiteDefaults {
  TlsProfile tls_profile = TlsProfile::Intermediate;
  RequestLimits limits;
};

// Reads one `[[site]]` with its rules. What is wrong goes to the reader's problems.
SiteConfig read_site_config(conf::Reader keys, const SiteDefaults& defaults);

}  // namespace pforte::gate
