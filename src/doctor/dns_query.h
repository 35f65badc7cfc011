#pragma once

#include <string>

#include "doctor/dns_answer.h"
#include "doctor/setting.h"
#include "net/address.h"

namespace pforte::doctor {

// How a name server was found.
enum class DnsState : std::uint8_t {
  Answered,
  NoAnswer,      // nothing came back in time
  NotListening,  // its machine says that nobody listens there
  Unreachable,   // no way leads there
  Garbled,       // what came is no answer
};

// What came of a question.
struct DnsReply {
  DnsState state = DnsState::NoAnswer;
  DnsAnswer answer = {};                // of Answered
  bool needed_tcp = false;              // the answer did not fit into a datagram
  std::chrono::milliseconds took = {};  // of the attempt that was answered
};

// Asks one server, three times within setting.step as a datagram may be lost, and over TCP where the answer is too long
// for one (RFC 7766). Never fails.
net::Task<DnsReply> ask_dns(const Setting& setting, net::Address server, std::string name, DnsType type);

}  // namespace pforte::doctor
