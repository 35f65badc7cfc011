#pragma once

#include "conf/problem.h"
#include "gate/plan.h"

namespace pforte::gate {

// Warns where browsers would send requests of one host to the servers of another: over HTTP/2 they use a connection for
// all hosts that have its address and that its certificate covers, and of a passthrough's connection nobody here sees
// whom a request is for. What a passthrough's servers show is not known: a certificate of ours that covers its hosts,
// or hosts of one domain, say enough. Of sites alone nothing is said: they are told apart, by 421 where need be.
// Source: RFC 9113, 9.1.1.
void check_coalescing(const Plan& plan, conf::Problems& problems);

}  // namespace pforte::gate
