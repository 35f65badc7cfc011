#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pforte::doctor {

// What a directory answers when it is asked to begin with TLS.
struct LdapAnswer {
  int code = -1;      // 0: success; 2, 52, ...: RFC 4511, 4.1.9
  std::string words;  // its diagnosticMessage
};

enum class LdapReading : std::uint8_t { Whole, Partial, NotLdap };

// ExtendedRequest for StartTLS as message 1, in BER.
// Source: RFC 4511, 4.12 and 4.14.1.
std::string start_tls_request();

// Reads the ExtendedResponse to it from the first bytes of an answer. Partial while they may still become one.
// Source: RFC 4511, 4.12 and 5.1.
LdapReading read_start_tls_answer(std::string_view bytes, LdapAnswer& answer);

}  // namespace pforte::doctor
