#pragma once

#include "fleet.h"

namespace pforte::bench {

// Sends `rate` requests per second at evenly spaced moments until `end`, on whichever connections are free; a request
// for which none is free waits. Latency counts from the moment a request was due, so a gate that stalls is charged
// for every request that it kept from being sent (no coordinated omission). The connections must be open.
void ask_on_time(Fleet& fleet, double rate, Clock::time_point end);

}  // namespace pforte::bench
