#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/destination.h"

// Commands that show by other means what a finding says, to paste into a shell. None holds a secret.

namespace pforte::doctor {

// "curl -v --proxy http://proxy:3128 --connect-to ::10.0.0.1:443 EXTRA https://crm.example.com/", to paste. `extra`
// holds words that stand for themselves. curl asks for the proxy's password.
std::string curl_command(const Destination& destination, const std::vector<std::string>& extra = {});

// "openssl s_client -connect crm.example.com:443 -servername crm.example.com EXTRA </dev/null", to paste. Empty where
// s_client cannot go that way: through a proxy that is spoken to by TLS, or behind a PROXY header.
std::string s_client_command(const Destination& destination, const std::vector<std::string>& extra = {});

// A command of ours, going by a configuration that was named by --config; another's, or where none was named, as it is.
std::string command_by(std::string_view config, std::string_view command);

}  // namespace pforte::doctor
