#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace pforte::session {

using Time = std::chrono::system_clock::time_point;

// Somebody who is signed in, as the sealed cookie says.
struct Session {
  std::string id;          // 22 letters of base64url; not secret by itself, the sealed cookie is
  std::int64_t agent = 0;  // its number in the store
  std::string login;
  std::string name;
  std::string principal;  // empty without a ticket
  std::string method;     // "kerberos", "ldap", "database", "token"
  std::vector<std::string> groups;
  Time began;    // to the millisecond
  Time seen;     // when the cookie was sealed
  Time expires;  // whatever happens
};

}  // namespace pforte::session
