#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "doctor/typed_address.h"
#include "gate/config.h"

namespace pforte::app {

// The certificate that a client has to trust before it can reach a host.
struct SheetRoot {
  std::string subject;
  std::string sha256;               // "AA:BB:...", as devices show it; empty: it is not at hand
  std::vector<std::string> places;  // addresses from which a device gets it; empty: from the administrator
  bool is_company = false;          // this gate's own company CA
  bool is_known_here = false;       // this machine trusts it, as devices do with a public one
};

// What somebody sets up an app or a browser with for one host.
struct SettingsSheet {
  std::string host;  // of a wildcard "*.crm.example.com", as it stands in the configuration
  std::uint16_t port = 443;
  std::string path;                // at which a person begins
  std::vector<std::string> paths;  // that the site allows; empty: TLS ends elsewhere
  bool only_tls13 = false;
  bool is_passed_through = false;
  std::vector<std::string> names;  // of the certificate; empty: it is not at hand
  std::string ends;                // when the certificate does, a date
  std::optional<SheetRoot> root = {};

  // "https://crm.example.com:8443/webclient"; the port only where it is not 443.
  std::string url() const;
};

// Of each host of sites and passthroughs, but for the catch-all; of `host` alone where it is not empty. Reads files of
// certificates, the inventory and the trust store of this machine. Empty: none has that host.
std::vector<SettingsSheet> settings_sheets(const gate::Config& config, const std::string& host);

// The same as far as a person types it, from the configuration alone.
std::vector<doctor::ServedAddress> served_addresses(const gate::Config& config);

// Whether `host` is an IP address at which a listener for TLS waits.
bool is_address_of_gate(const gate::Config& config, const std::string& host);

// What it means when an app or a browser shows something else than the application: "the certificate is not trusted".
struct SheetTrouble {
  Message shown, means;
};
std::vector<SheetTrouble> sheet_troubles(const SettingsSheet& sheet);

// What an administrator does about a root whose certificate is not at hand, and the sheet cannot show its SHA-256.
Message unknown_root_remedy();

// For a terminal; a page that needs nothing else, runs nothing and can be printed; one document for programs.
std::string sheet_text(const std::vector<SettingsSheet>& sheets, Language language);
std::string sheet_html(const std::vector<SettingsSheet>& sheets, Language language);
std::string sheet_json(const std::vector<SettingsSheet>& sheets, Language language);

}  // namespace pforte::app
