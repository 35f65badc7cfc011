#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

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

// A server that an administrator keeps from new requests.
struct DrainedServer {
  std::string url;
  std::chrono::system_clock::time_point since;
};

// A backend that has such.
struct DrainedBackend {
  std::string name;
  std::vector<DrainedServer> servers;  // those alone
  std::size_t of = 0;                  // how many it has
};

// A service of signing in that an administrator has stopped: "ldap".
struct StoppedService {
  std::string name;
  std::chrono::system_clock::time_point since;
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

// Tells that requests for this backend are answered 503, or have fewer servers than are configured.
void tell_drained(const DrainedBackend& backend, std::size_t hop, Path& path);

// Tells that nobody signs in by this service. `is_last`: nor by another, since all are stopped.
void tell_stopped_service(const StoppedService& service, bool is_last, std::size_t hop, Path& path);

}  // namespace pforte::doctor
