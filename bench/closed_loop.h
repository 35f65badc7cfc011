#pragma once

#include <cstdint>
#include <vector>

#include "fleet.h"

namespace pforte::bench {

// Opens every connection and has one request answered on each, `at_once` at a time. Where each request has a
// connection of its own, they are closed again afterwards.
void ask_once_each(Fleet& fleet, unsigned at_once);

// Every connection sends its next request when it has the answer, until `end` or until `requests` have been sent.
// Returns when the last answer is there.
void ask_again_and_again(Fleet& fleet, std::uint64_t requests, Clock::time_point end);

}  // namespace pforte::bench
