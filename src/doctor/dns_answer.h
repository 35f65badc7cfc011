#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"

namespace pforte::doctor {

// What is asked for (RFC 1035, 3.2.2; RFC 3596, 2.1; RFC 2782).
enum class DnsType : std::uint16_t { A = 1, Ptr = 12, Txt = 16, Aaaa = 28, Srv = 33 };

// Where a service is: a record of type SRV.
struct DnsService {
  std::string host;  // lower case; empty where the service is said not to be there (RFC 2782, ".")
  std::uint16_t port = 0;
};

// RCODE (RFC 1035, 4.1.1) of those that mean something to us.
inline constexpr int kDnsNoError = 0;
inline constexpr int kDnsServerFailure = 2;
inline constexpr int kDnsNoSuchName = 3;
inline constexpr int kDnsRefused = 5;

// What a name server said.
struct DnsAnswer {
  int rcode = kDnsNoError;
  bool truncated = false;               // there is more than fits into a datagram: ask again over TCP
  std::vector<std::string> aliases;     // where CNAMEs lead, one after the other
  std::vector<net::Address> addresses;  // port 0
  std::vector<DnsService> services;     // of Srv
  std::vector<std::string> names;       // of Ptr, lower case
  std::vector<std::string> texts;       // of Txt, the first string of each
  std::uint32_t ttl = 0;                // the shortest of them, seconds
};

// A question to a recursive server (RFC 1035, 4.1). None: `name` is no DNS name.
std::optional<std::string> dns_question(std::uint16_t id, const std::string& name, DnsType type);

// Reads an answer to that question; aliases are followed in whatever order they stand. None: it is garbled, or the
// answer to another question.
std::optional<DnsAnswer> read_dns_answer(std::string_view bytes, std::string_view question);

}  // namespace pforte::doctor
