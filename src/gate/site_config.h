#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"
#include "gate/cache_config.h"
#include "gate/compress_config.h"
#include "gate/limits_config.h"
#include "gate/rule_config.h"
#include "policy/path.h"
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

// Some host names and what is served under them: a `[[site]]` block of pforte.toml(5).
struct SiteConfig {
  conf::Place place;

  // Lower case. "*" is the catch-all; "*.x.example" stands for exactly one label.
  std::vector<conf::Text> hosts;

  // Side by side, such as EC and RSA. May be empty where no TLS listener needs them.
  std::vector<CertificateConfig> certificates;

  // Where it says `certificate = "auto"`: each host gets the one that the inventory has for it. None: it does not.
  std::optional<conf::Place> automatic;

  // The [[acme]] that alone may issue them: `certificate = { acme = "NAME" }`, which is otherwise as "auto". Empty:
  // any.
  conf::Text acme;

  // Whether TLS clients can ask for it.
  bool has_certificate() const { return automatic || !certificates.empty(); }

  TlsProfile tls_profile = TlsProfile::Intermediate;

  // Whether clients may speak HTTP/2. HTTP/1.1 is always offered beside it.
  bool http2 = true;

  // Where what is allowed goes. Names a BackendConfig.
  conf::Text backend;

  // Path prefixes that are allowed, at segment borders; same form as RuleConfig::path. See allowed_paths().
  std::vector<conf::Text> allow;

  // A named list of prefixes, in addition to `allow`. Null: none.
  const policy::Preset* preset = nullptr;

  SignInNeed sign_in = SignInNeed::None;

  // What is compressed on its way to clients.
  CompressConfig compress;

  // Which answers are kept to be given again.
  CacheConfig cache;

  std::vector<RuleConfig> rules;

  // Complete: what the site left out is taken from `[limits]`.
  RequestLimits limits;
};

// What a site takes over when it says nothing itself.
struct SiteDefaults {
  TlsProfile tls_profile = TlsProfile::Intermediate;
  RequestLimits limits;
};

// What `allow` and the preset let through without a rule: those of their paths that no rule of the site has. A rule
// takes such a path over completely, or it could not restrict it.
std::vector<std::string> allowed_paths(const SiteConfig& site, policy::PathProfile profile);

// Reads the name of a profile, at the key that has it.
TlsProfile read_tls_profile_config(conf::Reader& keys, std::string_view key, TlsProfile otherwise);

// Reads one `[[site]]` with its rules. What is wrong goes to the reader's problems.
SiteConfig read_site_config(conf::Reader keys, const SiteDefaults& defaults);

}  // namespace pforte::gate
