#pragma once

#include <cstdint>
#include <string_view>

#include "base/message.h"

namespace pforte::contact {

// An alert of TLS and what it means when a client sends it to a server.
struct Alert {
  std::uint8_t number;
  std::string_view name;  // "unknown_ca"
  std::string_view en;
  std::string_view de;

  Message meaning() const { return {std::string(en), std::string(de)}; }
};

// None: no RFC has it.
// Source: RFC 8446, 6 and B.2; RFC 5246, 7.2; RFC 6066, 5 and 9; RFC 7301, 3.2.
const Alert* find_alert(int number);

// "unknown_ca (48)"; "alert 200" for one that nobody knows.
std::string alert_text(int number);

}  // namespace pforte::contact
