#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace pforte::identity {

// What is known of one server of a directory, at one instant.
struct LdapServerState {
  using Time = std::chrono::system_clock::time_point;

  std::string url;
  bool up = true;                        // false: it has not answered since it failed
  std::optional<Time> left_alone_until;  // while it is not asked; none: the next login asks it
  std::optional<Time> failed;            // when that was, the last time; none: never
  std::string reason;                    // with `failed`
  std::string certificate;               // that it showed last, in DER; empty: none since the start
};

}  // namespace pforte::identity
