#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "contact/contact.h"
#include "net/network.h"

namespace pforte::app {

// Whose contacts are looked for: `pforte doctor client WHO`.
struct ContactQuery {
  std::string text;                     // as it was typed
  std::optional<net::Network> network;  // an address, or a range of them
  std::string name;                     // of an agent, a principal or a host; lower case; empty: an address
  std::string code;                     // of the self-test page, capitals; empty: it cannot be one
};

// Whatever is no address is a name.
ContactQuery contact_query(const std::string& text);

// By address: the client's, that of the proxy that sent it, and the one that a proxy told. By name: the login or
// principal of who signed in, of who tried with that login, and the host by SNI or Host.
bool asks_for(const ContactQuery& query, const contact::Contact& contact);

}  // namespace pforte::app
