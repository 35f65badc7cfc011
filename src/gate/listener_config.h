#pragma once

#include <vector>

#include "conf/reader.h"
#include "net/address.h"
#include "net/network.h"

namespace pforte::gate {

// One address at which the gate waits for clients: a `[[listener]]` block of pforte.toml(5).
struct ListenerConfig {
  conf::Place place;

  // IPv4 or IPv6 address and port: "192.0.2.1:443", "[::]:443" (IPv6 and IPv4).
  net::Address address;
  conf::Place address_place;

  // TLS, with the certificates of the sites. False: plain HTTP, for loopback or behind another terminator.
  bool tls = true;

  // Plain HTTP that answers nothing but a redirect to https://; implies tls = false.
  bool redirect_to_https = false;

  // Peers that must begin with a PROXY v1/v2 header, which is believed. Empty: nobody's is read.
  std::vector<net::Network> proxy_protocol_from;

  // Peers whose X-Forwarded-* and Forwarded are taken over instead of replaced. Empty: nobody's.
  std::vector<net::Network> forwarded_from;
};

// Reads one `[[listener]]`. What is wrong goes to the reader's problems.
ListenerConfig read_listener_config(conf::Reader keys);

}  // namespace pforte::gate
