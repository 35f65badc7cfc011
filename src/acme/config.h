#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"

namespace pforte::acme {

// How we prove that a name is ours.
enum class Proof : std::uint8_t {
  Http,  // http-01: a page on port 80 (RFC 8555, 8.3)
  Tls,   // tls-alpn-01: a certificate on port 443 (RFC 8737)
  Dns,   // dns-01: a TXT record, which a program of the administrator's writes (RFC 8555, 8.4)
};
std::string_view word_for(Proof proof);

// A CA that issues by ACME: an `[[acme]]` block of pforte.toml(5). Paths are resolved already.
struct CaConfig {
  conf::Place place;

  // What sites call it, and messages.
  conf::Text name;

  // https address of its directory.
  conf::Text directory;

  // Addresses it may write to, such as "mailto:ops@example.com".
  std::vector<conf::Text> contact;

  // Whether the administrator has agreed to its terms of service. Without that nothing is asked of it.
  bool terms_agreed = false;

  // Whom its server's certificate is verified with: "system", or a PEM file.
  conf::Text trust{.value = "system", .place = {}};

  Proof proof = Proof::Http;

  // Program that writes and removes the records of dns-01; none with other proofs.
  std::optional<conf::Text> dns_hook;

  // How the account here is bound to one that the CA knows: an identifier, and the file whose first line is its key.
  std::optional<conf::Text> eab_kid;
  std::optional<conf::Text> eab_key_file;

  // Where the CA offers several chains: the one whose last certificate was issued by this common name. Empty: the
  // first.
  std::string preferred_chain;
};

// Reads one `[[acme]]`. What is wrong goes to the reader's problems.
CaConfig read_ca_config(conf::Reader keys);

// What each by itself cannot tell: names that stand twice.
void check_ca_configs(const std::vector<CaConfig>& cas, conf::Problems& problems);

}  // namespace pforte::acme
