#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader.h"

namespace pforte::gate {

// True for a host name or an IPv4 address: labels of letters, digits, "-" and "_" with dots between them, each at most
// 63 long, at most 253 in all, no dot at the end. Expects lower case.
// Source: RFC 1123, section 2.1; the underscore is what company networks have.
bool is_host_name(std::string_view host);

// What has hosts.
enum class HostsOf : std::uint8_t { Site, Passthrough };

// Reads `hosts` of a block: names, "*" for every host, "*.x.example" for one label before x.example, an IPv6
// address in brackets. In lower case. What is wrong goes to the reader's problems and is left out.
std::vector<conf::Text> read_hosts_config(conf::Reader& keys, HostsOf block);

}  // namespace pforte::gate
