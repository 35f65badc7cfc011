#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "kerberos/der.h"

// Writes DER, for tokens of tests.

namespace pforte::kerberos::testing {

inline std::string der(std::uint8_t tag, std::string_view content) {
  std::string out(1, char(tag));
  if (content.size() < 0x80) {
    out += char(content.size());
  } else {
    std::string length;
    for (std::size_t rest = content.size(); rest != 0; rest >>= 8) length.insert(0, 1, char(rest & 0xff));
    out += char(0x80 | length.size());
    out += length;
  }
  return out.append(content);
}

inline std::string der(std::uint8_t tag, std::initializer_list<std::string> parts) {
  std::string content;
  for (const std::string& part : parts) content += part;
  return der(tag, content);
}

// [number] around what stands in it.
inline std::string field(unsigned number, std::string_view content) {
  return der(tag::context(number), content);
}

inline std::string integer(std::uint8_t number) {
  return der(tag::kInteger, number < 0x80 ? std::string(1, char(number)) : std::string{'\0', char(number)});
}

inline const std::string krb5_oid = "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
inline const std::string microsoft_krb5_oid = "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02";
inline const std::string ntlm_oid = "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
inline const std::string nego_ex_oid = "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e";
inline const std::string spnego_oid = "\x06\x06\x2b\x06\x01\x05\x05\x02";

// What stands in a ticket of tests.
struct TicketParts {
  std::string realm = "EXAMPLE.COM";
  std::vector<std::string> name = {"HTTP", "crm.example.com"};
  std::uint8_t encryption = 18;
  std::string key_version = field(1, integer(3));
  std::string cipher = "sealed ticket";
  std::string authenticator = "sealed authenticator";
};

inline std::string ticket(const TicketParts& parts) {
  std::string names;
  for (const std::string& one : parts.name) names += der(tag::kGeneralString, one);
  std::string sealed = der(tag::kSequence, {field(0, integer(parts.encryption)), parts.key_version,
                                            field(2, der(tag::kOctetString, parts.cipher))});
  std::string name = der(tag::kSequence, {field(0, integer(2)), field(1, der(tag::kSequence, names))});
  return der(tag::application(1),
             der(tag::kSequence, {field(0, integer(5)), field(1, der(tag::kGeneralString, parts.realm)), field(2, name),
                                  field(3, sealed)}));
}

// A bare krb5 token with the ticket.
inline std::string krb5_token(const TicketParts& parts = {}) {
  std::string sealed =
      der(tag::kSequence, {field(0, integer(parts.encryption)), field(2, der(tag::kOctetString, parts.authenticator))});
  std::string request =
      der(tag::application(14), der(tag::kSequence, {field(0, integer(5)), field(1, integer(14)),
                                                     field(2, der(tag::kBitString, std::string(5, '\0'))),
                                                     field(3, ticket(parts)), field(4, sealed)}));
  return der(tag::application(0), {krb5_oid, std::string("\x01\x00", 2), request});
}

// The first leg of SPNEGO. No token: an empty one.
inline std::string first_leg(std::string_view mechanisms, std::string_view token) {
  std::string inner = token.empty() ? "" : field(2, der(tag::kOctetString, token));
  std::string init = field(0, der(tag::kSequence, {field(0, der(tag::kSequence, mechanisms)), inner}));
  return der(tag::application(0), {spnego_oid, init});
}

// A later leg of SPNEGO, with a token and a code over the mechanisms, each of them left out if it is empty.
inline std::string later_leg(std::string_view token, std::string_view code = {}) {
  std::string response = token.empty() ? "" : field(2, der(tag::kOctetString, token));
  std::string integrity = code.empty() ? "" : field(3, der(tag::kOctetString, code));
  return field(1, der(tag::kSequence, {response, integrity}));
}

}  // namespace pforte::kerberos::testing
