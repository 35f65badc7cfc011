#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "pki/verify.h"

namespace pforte::pki {

// Kinds of programs that judge a server's certificate, each by rules of its own.
enum class ClientKind : std::uint8_t { Browser, App, Java, OpenSsl };

// "browser", "app", "java", "openssl".
std::string_view name_of(ClientKind kind);

// What one program makes of a server's certificate.
struct ClientVerdict {
  ClientKind kind = ClientKind::Browser;
  std::string_view program;  // "Chromium"
  bool trusted = false;
  // A person may go on in spite of it, but never on a site with HSTS (RFC 6797, 12.1).
  bool can_override = false;
  std::string message = {};            // in the program's own words; empty where it trusts, or they are not known
  std::vector<Finding> findings = {};  // the errors behind it; OpenSSL judges for itself and has none
  Message note = {};                   // what else its verdict depends on; may be empty
};

// What they are to judge.
struct ClientQuestion {
  const Question& question;  // its profile and lists do not matter: clients ask for no lists by default
  std::span<const Certificate* const>
      sent;                          // by the server; of the others, only those a program fetches are known to it
  bool anchors_are_assumed = false;  // nobody was told to trust them
};

// What each program of a kind makes of the question's leaf. Where no name is asked for and it has none in
// subjectAltName, it is judged for its common name.
//
// Measured with Chromium 156, Firefox 153 and Java 17; asked of OpenSSL itself; for iOS and Android as documented:
// Apple 103769 and SecBase.h, Conscrypt's TrustManagerImpl and ChainStrengthAnalyzer.
std::vector<ClientVerdict> judge_as(ClientKind kind, const ClientQuestion& asked);

}  // namespace pforte::pki
