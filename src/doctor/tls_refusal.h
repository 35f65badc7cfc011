#pragma once

#include <optional>
#include <string_view>

#include "doctor/tls_answer.h"
#include "doctor/tls_scan.h"

namespace pforte::doctor {

// What else was tried with a server that has not answered a hello as clients of today say it with one of its own; none:
// it was not tried.
struct SecondTry {
  std::optional<TlsAnswer> unnamed;  // the same without a name
  std::optional<TlsAnswer> plain;    // one of TLS 1.2 alone
  std::optional<TlsAnswer> again;    // the same
};

// Tells why no handshake is possible at all. Once per path.
void tell_refusal(const TlsSubject& subject, const TlsAnswer& contact, const SecondTry& tried, Path& path);

// What a server speaks that does not speak TLS, by its first words: "HTTP", "SSH"; empty: nothing that is known.
std::string_view speech_of(std::string_view banner);

}  // namespace pforte::doctor
