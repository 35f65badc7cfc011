#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader.h"
#include "net/network.h"

namespace pforte::gate {

// Reads a list of networks: ["10.0.0.0/8", "::1"]. What is wrong goes to the reader's problems and is left out.
std::vector<net::Network> read_networks_config(conf::Reader& keys, std::string_view key);

// The same for networks that we believe what they say: everybody is hardly meant.
std::vector<net::Network> read_believed_networks_config(conf::Reader& keys, std::string_view key);

// The network "10.0.0.0/8" that net::parse_network() says was meant by "10.1.2.3/8"; nothing: it knows of none.
std::optional<std::string> meant_network(const Error& why);

// Reads "192.0.2.1:443" or "[::]:443". When it is no address, says so and returns none.
std::optional<net::Address> read_address(const conf::Text& text, conf::Problems& problems);

}  // namespace pforte::gate
