#include "contact/client_kind.h"

#include <algorithm>
#include <array>

namespace pforte::contact {

namespace {

struct Known {
  std::string_view ciphers;
  ClientKind kind;
};

// Measured in November 2026 where the client is named with its version; else read in ja4plus-mapping.csv of
// github.com/FoxIO-LLC/ja4.
constexpr auto kKnown = std::to_array<Known>({
    {"e8f1e7e78f70", ClientKind::OpenSsl},   // curl 7.88 with OpenSSL 3.0
    {"db35923f8641", ClientKind::Java},      // OpenJDK 17
    {"a33745022dd6", ClientKind::Node},      // Node 20
    {"8daaf6152771", ClientKind::Chromium},  // Chromium 156
    {"86a278354501", ClientKind::Firefox},   // Firefox 153
    {"5b57614c22b0", ClientKind::Firefox},   // Firefox up to 13x
    {"a09f3c656075", ClientKind::Apple},     // Safari, CFNetwork
});

}  // namespace

ClientKind kind_of_client(std::string_view ja4) {
  constexpr std::size_t kFirst = 11;
  constexpr std::size_t kDigits = 12;
  if (ja4.size() < kFirst + kDigits) return ClientKind::Unknown;
  const auto* found = std::ranges::find(kKnown, ja4.substr(kFirst, kDigits), &Known::ciphers);
  return found == kKnown.end() ? ClientKind::Unknown : found->kind;
}

Message name_of(ClientKind kind) {
  switch (kind) {
    case ClientKind::OpenSsl:
      return {"OpenSSL (curl, Python, tools on Linux)", "OpenSSL (curl, Python, Werkzeuge unter Linux)"};
    case ClientKind::Java:
      return {"Java", "Java"};
    case ClientKind::Node:
      return {"Node.js", "Node.js"};
    case ClientKind::Chromium:
      return {"Chromium (Chrome, Edge, WebView of Android)", "Chromium (Chrome, Edge, WebView von Android)"};
    case ClientKind::Firefox:
      return {"Firefox", "Firefox"};
    case ClientKind::Apple:
      return {"Apple (Safari, apps of iOS and macOS)", "Apple (Safari, Apps von iOS und macOS)"};
    case ClientKind::Unknown:
      break;
  }
  return {"unknown", "unbekannt"};
}

std::string_view word_of(ClientKind kind) {
  switch (kind) {
    case ClientKind::OpenSsl:
      return "openssl";
    case ClientKind::Java:
      return "java";
    case ClientKind::Node:
      return "node";
    case ClientKind::Chromium:
      return "chromium";
    case ClientKind::Firefox:
      return "firefox";
    case ClientKind::Apple:
      return "apple";
    case ClientKind::Unknown:
      break;
  }
  return "unknown";
}

}  // namespace pforte::contact
