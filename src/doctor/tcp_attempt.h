#pragma once

#include <chrono>
#include <memory>

#include "doctor/setting.h"
#include "net/address.h"
#include "net/socket.h"

namespace pforte::doctor {

// What came of an attempt to connect (RFC 9293, 3.10; RFC 1122, 4.2.3.9 for what ICMP says).
enum class Reach : std::uint8_t {
  Open,
  Refused,      // a reset: the machine is there, and nobody listens
  NoAnswer,     // nothing came back: the machine is off, or something on the way drops packets
  Unreachable,  // a router, or this machine for want of a neighbour's answer, says that the host cannot be reached
  NoRoute,      // this machine has no route there
  Forbidden,    // a packet filter says no: ours, or one on the way by ICMP
  Other,
};

struct TcpAttempt {
  net::Address to;
  Reach reach = Reach::Other;
  int error_number = 0;  // the system's
  std::chrono::milliseconds took = {};
  std::unique_ptr<net::Socket> socket = {};  // of Open
};

// Connects, and says how that went. `segment`: the most bytes that a segment may carry in either direction (RFC 9293,
// 3.7.1); 0: whatever the system would take. Never fails.
net::Task<TcpAttempt> attempt_tcp(net::Loop& loop, net::Address to, net::Duration limit, int segment = 0);

// The most bytes of a segment that this connection sends now; 0: unknown.
int segment_of(const net::Socket& socket);

// Whether the peer has acknowledged all that was sent.
bool all_acknowledged(const net::Socket& socket);

}  // namespace pforte::doctor
