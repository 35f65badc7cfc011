#pragma once

#include <cstdint>
#include <string_view>

#include "base/message.h"

namespace pforte::contact {

// Which TLS library a client uses, as far as its ClientHello tells.
enum class ClientKind : std::uint8_t {
  Unknown,
  OpenSsl,   // curl, Python, Ruby, PHP and most tools on Linux
  Java,      // JSSE
  Node,      // Node.js, Electron's own requests
  Chromium,  // Chrome, Edge, Brave, WebView of Android
  Firefox,   // NSS
  Apple,     // Safari and apps of iOS and macOS
};

// By the second part of a JA4, which is made of the list of ciphers: that changes less often than the rest.
// Anybody can imitate a ClientHello: this is for advice, never for a decision.
ClientKind kind_of_client(std::string_view ja4);

// "Chromium (Chrome, Edge, WebView of Android)".
Message name_of(ClientKind kind);

// "chromium": for programs.
std::string_view word_of(ClientKind kind);

}  // namespace pforte::contact
