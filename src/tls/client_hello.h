#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pforte::tls {

// The host name inside a server_name extension. Nothing when there is none, or the extension is malformed.
// Source: RFC 6066, 3.
std::optional<std::string_view> host_in_server_name(std::span<const std::uint8_t> extension);

// With so many bytes asked_host() always has an answer.
inline constexpr std::size_t kMostHelloBytes = 128UZ * 1024;

// The host that a connection is for, by the bytes it begins with: what its ClientHello names, in lower case, in however
// many records that comes. Empty when it names none, or no ClientHello of at most 64 KiB begins there: then it is for
// OpenSSL to say what is wrong. Nothing while it takes more bytes to know. Of an encrypted ClientHello it is the outer
// name.
// Source: RFC 8446, 4.1.2 and 5.1.
std::optional<std::string> asked_host(std::span<const std::uint8_t> bytes);

}  // namespace pforte::tls
