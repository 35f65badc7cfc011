#pragma once

#include "gate/answer.h"
#include "gate/cache_turn.h"

namespace pforte::gate {

// To whom a stored answer is given, and how.
struct Recipient {
  Worker& worker;
  http::Exchange& exchange;
  Record& record;
  const Terms& terms;
  Privacy privacy;
  const http::Fields* additions = nullptr;  // what the gate adds, see add_to_answer()
};

// Gives what the turn's answer() has: whole, its head alone for a HEAD, or a 304 to whoever has it (RFC 9111, 4.3.2).
// Fails as the client's connection does. `turn` must outlive the task.
net::Task<> give_stored(Recipient to, CacheTurn& turn);

}  // namespace pforte::gate
