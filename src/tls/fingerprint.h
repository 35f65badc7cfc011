#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pforte::tls {

// What of a ClientHello tells one kind of client from another. Without GREASE (RFC 8701).
struct HelloOutline {
  std::uint16_t version = 0;  // the highest that is offered
  std::vector<std::uint16_t> ciphers;
  std::vector<std::uint16_t> extensions;
  std::vector<std::uint16_t> signature_algorithms;
  std::vector<std::string> protocols;  // ALPN
  bool names_host = false;             // has the extension server_name
};

// Reads a handshake message with its header of four bytes. None: it is no ClientHello.
// Source: RFC 8446, 4.1.2; RFC 7301, 3.1.
std::optional<HelloOutline> read_hello(std::span<const std::uint8_t> message);

// JA4 of a client over TCP: "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6". Browsers put GREASE into the signature algorithms
// as well, where it does not count.
// Source: github.com/FoxIO-LLC/ja4, technical_details/JA4.md (the TLS client's part; BSD 3-Clause).
std::string ja4(const HelloOutline& hello);

}  // namespace pforte::tls
