#pragma once

#include <string>
#include <vector>

#include "gate/config.h"

namespace pforte::app {

// What browsers have to be told so that they send tickets to the gate.
struct BrowserNeeds {
  std::vector<std::string> hosts;      // as sites have them: "crm.example.com", "*.crm.example.com"; never "*"
  std::vector<std::string> delegated;  // of those where tickets are to be forwarded
  std::vector<std::string> addresses;  // sites have them as hosts; no list, since browsers ask for no ticket for one
  bool port_in_principal = false;      // a configured service principal has a port: "HTTP/crm.example.com:8443"
  bool has_other_port = false;         // a TLS listener is not at 443
  bool has_catch_all = false;          // a site signs in and answers every host

  bool has_dotless_host() const;
};

// By the sites where somebody signs in by a ticket. A name without a dot is left out where its site has a complete
// one: clients are redirected to that before they are asked for a ticket.
BrowserNeeds browser_needs(const gate::Config& config);

}  // namespace pforte::app
