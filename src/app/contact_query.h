#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/complaint.h"
#include "contact/contact.h"
#include "net/network.h"

namespace pforte::app {

// Whose contacts are looked for: `pforte doctor client WHO`.
struct ContactQuery {
  std::string text;                     // as it was typed
  std::optional<net::Network> network;  // an address, or a range of them
  bool is_range = false;
  std::string name;      // of an agent, a principal or a host; lower case; empty: an address
  bool is_host = false;  // and no login: marks of logins do not count
  std::string code;      // of the self-test page, capitals; empty: it cannot be one
  bool is_code = false;  // it has the form that the page shows: "K7QM-2XPA"
};

// An address, with its port or without, a range, or a name; of a URL its host. Whatever is no address is a name, but
// for what neither an address nor a login or host can be.
Answer<ContactQuery> read_contact_query(const std::string& text);

enum class Match : std::uint8_t {
  No,
  Perhaps,  // somebody was refused whose login has the same mark
  Login,
  Host,  // it is the host that was asked for
  Yes,   // address or code
};

// By address: the client's, that of the proxy that sent it, and the one that a proxy told. By name: the login or
// principal of who signed in, of who tried with that login, and the host by SNI or Host.
Match match_of(const ContactQuery& query, const contact::Contact& contact);

}  // namespace pforte::app
