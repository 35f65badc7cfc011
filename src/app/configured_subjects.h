#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/doctor_call.h"
#include "app/doctor_view.h"
#include "doctor/gate_examination.h"
#include "doctor/path_examination.h"
#include "gate/config.h"

namespace pforte::app {

// Trust stores, each read once.
class ConfiguredTrust {
 public:
  // As a configuration names it, with the file of its password.
  Answer<std::shared_ptr<const pki::TrustStore>> read(const std::string& store,
                                                      const std::optional<conf::Text>& password_file);

 private:
  std::map<std::string, std::shared_ptr<const pki::TrustStore>> read_;
};

// At which listener sites are examined; null: at none.
const gate::ListenerConfig* listener_for_sites(const gate::Config& config);

// Where somebody on this machine reaches a listener: at its address, or at loopback where it waits at all of them.
net::Address reachable(const net::Address& listener);

// A host of the gate, at the first listener that serves sites, by TLS if one does. `host` may be a wildcard. None:
// there is no such listener.
std::optional<doctor::GateSubject> subject_of_host(const gate::Config& config, const PathView& view,
                                                   const std::string& host);

// A server of a backend, or of a passthrough whose clients ask for `host`. A trust store that cannot be read is a fault
// of the subject.
doctor::PathSubject subject_of_server(const gate::BackendConfig& backend, const gate::ServerConfig& server,
                                      ConfiguredTrust& trust);
doctor::PathSubject subject_of_passed(const PathView& view, const gate::PassthroughConfig& passthrough,
                                      const gate::ServerConfig& server, const std::string& host);

// A listener by itself: with a host that it serves, or as a port that takes connections where it serves none.
doctor::GateSubject subject_of_listener(const gate::Config& config, const PathView& view,
                                        const gate::ListenerConfig& listener);

// Somebody whom the gate asks or tells.
struct OutwardSubject {
  std::string name;  // "ACME letsencrypt"
  doctor::PathSubject subject;
};

// All of them: directories, CAs that issue by ACME, and who is told of alarms.
std::vector<OutwardSubject> outward_subjects(const gate::Config& config, const PathView& view, ConfiguredTrust& trust);

}  // namespace pforte::app
