#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

// The documents of a CA (RFC 8555, 7.1), read from its JSON. Members that nobody here needs are passed over; one that
// is needed and is missing, of another type or too long makes the document malformed. All of these fail with
// Kind::Invalid (acme.malformed).

namespace pforte::acme {

// Where a CA takes which request (7.1.1). Addresses are not looked at before they are used.
struct Directory {
  std::string new_nonce;
  std::string new_account;
  std::string new_order;
  std::string renewal_info;  // RFC 9773, 4.1; empty: not offered
  bool wants_binding = false;
};
Result<Directory> read_directory(std::string_view json);

// A problem document (RFC 9457; RFC 8555, 6.7).
struct Problem {
  std::string type;  // without "urn:ietf:params:acme:error:"
  std::string detail;
  std::vector<std::string> parts;  // of several names, what is wrong with each
};
// One whatever `json` is: an answer that is none has an empty type.
Problem read_problem(std::string_view json);

// The states of orders, authorizations and challenges (7.1.6).
enum class State : std::uint8_t { Pending, Processing, Ready, Valid, Invalid, Over };

struct Order {
  State state = State::Pending;
  std::vector<std::string> authorizations;
  std::string finalize;
  std::string certificate;  // empty until it is valid
  std::optional<Problem> problem;
};
Result<Order> read_order(std::string_view json);

struct Challenge {
  std::string type;  // "http-01"
  std::string url;
  std::string token;  // base64url of at least 128 bits
  State state = State::Pending;
  std::optional<Problem> problem;
};

struct Authorization {
  std::string name;  // without "*."
  bool wildcard = false;
  State state = State::Pending;
  std::vector<Challenge> challenges;
};
Result<Authorization> read_authorization(std::string_view json);

// When a CA wants a certificate renewed (RFC 9773, 4.2).
struct RenewalInfo {
  std::chrono::sys_seconds from;
  std::chrono::sys_seconds until;
};
Result<RenewalInfo> read_renewal_info(std::string_view json);

}  // namespace pforte::acme
