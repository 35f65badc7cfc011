#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace pforte::session {

using Time = std::chrono::system_clock::time_point;

// No session lives longer, so that what was ended can be forgotten some day. The configuration allows no more.
inline constexpr std::chrono::hours kLongestLife = std::chrono::hours(24 * 366);

// Somebody who is signed in, as the sealed cookie says.
struct Session {
  std::string id;          // 22 letters of base64url; not secret by itself, the sealed cookie is
  std::int64_t agent = 0;  // its number in the store, from 1
  std::string login;
  std::string name;
  std::string principal;  // empty without a ticket
  std::string method;     // "kerberos", "ldap", "database", "token"
  std::vector<std::string> groups;
  Time began;    // to the millisecond
  Time seen;     // when the cookie was sealed
  Time expires;  // whatever happens

  // A ticket-granting ticket came with the sign-in and was kept for the application.
  bool has_ticket_cache = false;

  bool operator==(const Session&) const = default;
};

// Milliseconds since 1970, as cookies and the store have instants; and back.
inline std::int64_t in_milliseconds(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
inline Time from_milliseconds(std::int64_t count) {
  return Time(std::chrono::milliseconds(count));
}

}  // namespace pforte::session
