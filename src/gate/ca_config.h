#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "acme/server_config.h"
#include "base/message.h"
#include "conf/reader.h"

namespace pforte::gate {

// `[ca]`: the company CA of this state folder, as commands use it and as the gate speaks for it.
struct CaConfig {
  conf::Place place;

  // The passphrase of the intermediate's key is its first line (path resolved). None: commands ask for it, and the gate
  // tells nobody what was revoked.
  std::optional<conf::Text> key_password_file;

  // "http://pki.example.com": where clients find revocation lists and OCSP; it goes into certificates. Empty: into
  // none.
  std::string url;

  // How long what is issued is valid, where the command does not say: 1 h to 825 d.
  std::chrono::seconds server_lifetime = std::chrono::days(90);
  std::chrono::seconds client_lifetime = std::chrono::days(365);

  // How long a revocation list is good for, 1 h to 30 d, and an OCSP answer, 10 min to 7 d. Both are made anew in the
  // second half of it.
  std::chrono::seconds crl_lifetime = std::chrono::days(7);
  std::chrono::seconds ocsp_lifetime = std::chrono::days(1);

  // Whether every site has the page /.pforte/ca/, from which clients take the root.
  bool download_page = false;

  // Whether it issues by ACME, and for whom.
  std::optional<acme::ServerConfig> acme = {};
};

// Whether it is the address of a host by http://, perhaps with a port, and without a path.
bool is_ca_url(std::string_view url);

// What to write instead of another: the remedy.
Message ca_url_form();

// No block: the defaults.
CaConfig read_ca_config(conf::Reader& document);

}  // namespace pforte::gate
