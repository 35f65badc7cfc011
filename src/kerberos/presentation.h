#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kerberos/opened_ticket.h"
#include "kerberos/token.h"

namespace pforte::kerberos {

// What a token showed on its way through the acceptor, as far as it came: what the log and the timeline of a sign-in
// say of it. Nothing of a key, and no part of the token.
struct Presentation {
  Token::Form form = Token::Form::Garbage;
  std::size_t bytes = 0;  // of the token, decoded

  // As the ticket says it, read without a key: anybody can write that. Empty: it has brought none.
  std::string service;
  std::int64_t key_version = -1;  // -1: the ticket names none
  std::int64_t encryption = -1;   // RFC 3961 number

  // The configured service whose keys were tried last, its keytab, and which versions that holds. Empty: none was.
  std::string key_owner;
  std::string keytab;
  std::vector<int> key_versions;  // sorted

  std::optional<OpenedTicket> opened;  // with one of these keys
};

}  // namespace pforte::kerberos
