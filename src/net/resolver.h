#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/address.h"

namespace pforte::net {

// The addresses of a host name, as this machine finds them (files, DNS), in the order of RFC 6724. Blocks: call it on a
// Pool. Fails with Kind::NotFound when the name has none or holds
// blanks, control characters or a NUL, and with Kind::Unavailable when nobody could be asked.
Result<std::vector<Address>> look_up(const std::string& host, std::uint16_t port);

}  // namespace pforte::net
