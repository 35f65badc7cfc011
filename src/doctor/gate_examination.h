#pragma once

#include <cstdint>
#include <string>

#include "doctor/name_facts.h"
#include "doctor/path.h"
#include "doctor/path_examination.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// Whether a listener reads PROXY headers, and from whom.
enum class ProxyHeaderUse : std::uint8_t {
  Nobody,
  Others,  // load balancers alone, which this machine is not
  Us,      // this machine as well, so that nothing else is understood
};

// A host of the gate of this machine, and the listener where it answers.
struct GateSubject {
  PathSubject site;       // its destination has the listener's address in `at`
  bool has_name = true;   // the host is one that clients look up, not made up for a wildcard
  std::string serve;      // the command that starts the gate: "pforte serve --config FILE"
  std::string mend = {};  // what shows why it cannot: "pforte check --config FILE"; empty: nothing keeps it from it
  ProxyHeaderUse proxy_header = ProxyHeaderUse::Nobody;
};

// Whether anybody listens at our own listener; tells the path when nobody does: the gate is stopped then.
net::Task<bool> examine_listener(const Setting& setting, const GateSubject& subject, Path& path);

// The listener, where the host's name leads, and what the gate answers for it. `facts` must outlive the task.
net::Task<> examine_gate(const Setting& setting, const NameFacts& facts, GateSubject subject, Path& path);

// Tells that the gate cannot load its configuration: `count` errors, and what the first is. `check` is the command that
// shows them all.
void tell_configuration(std::size_t count, const Message& first, const std::string& check, std::size_t hop, Path& path);

// Tells that browsers may send requests for this site over connections of another: what the configuration's check says.
void tell_shared_connection(const Message& what, const Message& remedy, std::size_t hop, Path& path);

}  // namespace pforte::doctor
