#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pforte::tls {

// The host name inside a server_name extension. Nothing when there is none, or the extension is malformed.
// Source: RFC 6066, 3.
std::optional<std::string_view> host_in_server_name(std::span<const std::uint8_t> extension);

}  // namespace pforte::tls
