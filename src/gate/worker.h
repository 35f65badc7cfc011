#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string_view>
#include <vector>

#include "acme/proofs.h"
#include "capture/recording.h"
#include "contact/recorder.h"
#include "gate/access_log.h"
#include "gate/balancer.h"
#include "gate/bound_tunnels.h"
#include "gate/connections.h"
#include "gate/known_session.h"
#include "gate/metrics.h"
#include "gate/plan.h"
#include "gate/reference.h"
#include "gate/sign_in_memory.h"
#include "net/listener.h"
#include "net/loop.h"
#include "session/ended.h"
#include "session/keys.h"
#include "tls/ticket_keys.h"

namespace pforte::gate {

class Visit;

// A listening descriptor and the listener of the plan it belongs to.
struct Door {
  int descriptor;
  std::size_t listener;  // index in Config::listeners
};

// One thread's share of the gate: its loop, its listeners, the clients that came through them, and its connections to
// the backends. Used on the loop's thread alone, but for the constructor and the destructor.
class Worker final : private ConnectionGauge {
 public:
  Worker(AccessLog& log, contact::Recorder& contacts, std::size_t most_clients);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  net::Loop& loop() { return loop_; }

  // New requests follow `plan`; those under way keep the one they began with. Listeners whose address stays keep
  // their socket: `doors` has one for each that is new.
  void follow(const std::shared_ptr<const Plan>& plan, const std::vector<Door>& doors);
  // New connections are answered with these certificates. Null: there are none.
  void use_names(std::shared_ptr<const TlsNames> names) { names_ = std::move(names); }
  void use_keys(std::shared_ptr<const tls::TicketKeys> keys) { keys_ = std::move(keys); }

  // Takes no more clients, and says goodbye to each after its answer.
  void drain();
  bool draining() const { return draining_; }

  const std::shared_ptr<const Plan>& plan() const { return plan_; }
  const std::shared_ptr<const TlsNames>& names() const { return names_; }
  const std::shared_ptr<const tls::TicketKeys>& keys() const { return keys_; }
  Connections& connections() { return connections_; }
  Balancer& balancer() { return balancer_; }

  // What sessions are judged by from now on; tunnels of those that were ended go. Not null.
  void follow_sessions(std::shared_ptr<const session::Keys> keys, std::shared_ptr<const session::Ended> ended);
  // Null until the gate signs anybody in.
  const session::Keys* session_keys() const { return session_keys_.get(); }
  const session::Ended* ended_sessions() const { return ended_sessions_.get(); }
  KnownSessions& known_sessions() { return known_sessions_; }
  BoundTunnels& tunnels() { return tunnels_; }

  // What CAs find here from now on; null or empty: nothing.
  void show(std::shared_ptr<const acme::Proofs> proofs) { proofs_ = std::move(proofs); }
  const std::shared_ptr<const acme::Proofs>& proofs() const { return proofs_; }

  // Ticket exchanges that wait for their client's next leg, all connections together.
  int half_exchanges = 0;

  // Whether another self-test page may be made in this second.
  bool may_self_test();

  // Answers that are being compressed.
  int encoders = 0;

  Metrics& metrics() { return metrics_; }
  const Metrics& metrics() const { return metrics_; }
  References& references() { return references_; }

  // Where connections are noted, and a number for the next one.
  contact::Recorder::Lane& contacts() { return contacts_; }
  std::uint64_t next_contact() { return ++last_contact_; }

  // Takes what is wanted of the connections that begin from now on. Null: what is held back goes in, and nothing more.
  void capture(std::shared_ptr<capture::Recording> recording);
  // Null: there is no capture under way.
  const std::shared_ptr<capture::Recording>& recording() const { return recording_; }

  void keep_sign_in(SignInTrail trail);
  // What is known of the sign-in of the request with this reference.
  SignInFinding find_sign_in(std::string_view reference) const;
  void record(std::size_t site, const Record& record);
  // Of a connection that was passed through: it has its own counters.
  void record_passed(const Record& record) { lane_.write(record); }

  // Clients that are here.
  std::size_t clients() const { return visits_.size(); }

 private:
  // A listening socket and what it stands for in the plan in force.
  struct Entrance {
    net::Address address;
    std::shared_ptr<const ListenerConfig> config;
    std::unique_ptr<net::Listener> listener;
  };

  void open(const Door& door);
  void welcome(Entrance& entrance, net::Accepted accepted);
  net::Task<> host(std::list<Visit*>::iterator place, std::unique_ptr<Visit> visit);
  net::Task<> keep_tidy();
  void pause_when_full();
  void backend_connections(std::int64_t busy, std::int64_t idle) override;
  void shared_connections(std::int64_t connections) override { metrics_.backend_http2_connections.add(connections); }
  void shared_exchanges(std::int64_t exchanges) override { metrics_.backend_http2_streams.add(exchanges); }

  net::Loop loop_;
  Metrics metrics_;
  AccessLog::Lane& lane_;
  contact::Recorder::Lane& contacts_;
  std::uint64_t last_contact_;
  int self_tests_ = 0;  // of the second that began then
  net::Instant self_tests_since_{};
  References references_;
  SignInMemory sign_ins_;
  std::size_t most_clients_;
  bool full_ = false;
  bool draining_ = false;
  std::shared_ptr<const Plan> plan_;
  std::shared_ptr<const TlsNames> names_;
  std::shared_ptr<const tls::TicketKeys> keys_;
  Connections connections_;
  Balancer balancer_;
  std::shared_ptr<const session::Keys> session_keys_;
  std::shared_ptr<const session::Ended> ended_sessions_;
  std::shared_ptr<const acme::Proofs> proofs_;
  std::shared_ptr<capture::Recording> recording_;
  KnownSessions known_sessions_;
  BoundTunnels tunnels_;
  std::list<Entrance> entrances_;
  std::list<Visit*> visits_;  // those whose tasks run
};

}  // namespace pforte::gate
