#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "doctor/finding.h"
#include "doctor/name_verdict.h"

namespace pforte::doctor {

// Why one name server gives no address for a name.
struct ServerTrouble {
  const Check* check;
  Message seen;
  Message remedy;

  // It lies with the server, not with the name.
  bool of_server() const;
  // Of several, the one with the least is what a name is put down to: the most certain answer.
  std::size_t rank() const;
};

// None: it gives one. `name` is what it was asked for.
std::optional<ServerTrouble> trouble_of(const ServerView& view, const std::string& name);

// How a name server is told: "10.0.0.53", "10.0.0.53:5353".
std::string server_text(const net::Address& server);

}  // namespace pforte::doctor
