#pragma once

#include <memory>
#include <string>

#include "gate/captured_visit.h"
#include "gate/contact_note.h"
#include "gate/known_session.h"
#include "gate/listener_config.h"
#include "gate/plan.h"
#include "gate/private_connection.h"
#include "gate/rewrite.h"
#include "http/exchange.h"
#include "http/server.h"
#include "kerberos/acceptor.h"
#include "net/listener.h"
#include "net/socket.h"
#include "tls/opening.h"
#include "tls/session.h"

namespace pforte::gate {

class Worker;

// One client's connection, from accept to close: its PROXY header, its handshake, its exchanges.
class Visit final : public http::Service {
 public:
  // Owns `descriptor`. `worker` must outlive the visit.
  Visit(Worker& worker, std::shared_ptr<const ListenerConfig> listener, net::Accepted accepted);
  ~Visit() override;

  // Serves until one side closes.
  net::Task<> run();

  // Ends at once between two requests, else after the answer under way.
  void end_soon();

  Worker& worker() { return worker_; }
  const Visitor& visitor() const { return visitor_; }
  const ListenerConfig& listener() const { return *listener_; }
  ContactNote& note() { return note_; }
  // Null for plain HTTP.
  const tls::Session* session() const { return session_; }
  // What the handshake came to, as the access log has it.
  std::string_view tls_version() const { return tls_version_; }
  std::string_view protocol() const { return protocol_; }

  // The capture is over.
  void end_capture();

  KnownSessions::Last& last_session() { return last_session_; }

  // A ticket exchange that waits for the client's next leg: one per connection, half a minute, and not too many in all.
  // False: it was not kept.
  bool keep_half(std::unique_ptr<kerberos::HalfExchange> half);
  // Null: there is none.
  std::unique_ptr<kerberos::HalfExchange> take_half();
  void forget_old_half();

  // To backends that sign in connections: this client's alone.
  PrivateConnection& own_connection();

  net::Task<> serve(http::Exchange& exchange) override;
  net::Task<> refuse(http::Exchange& exchange, http::Refusal refusal) override;

 private:
  std::unique_ptr<http::Server> make_server();
  void tell_abuse(const Error& error) const;
  net::Task<> serve_client();
  net::Task<> read_proxy_header();
  void begin_capture();
  net::Task<> shake_hands(tls::Opening opening);
  net::Task<> pass_or_shake_hands(const HostMap<Passthrough>& hosts, net::Instant until);
  net::Task<> pass(const Passthrough& passthrough, tls::Opening opening);
  void tell_failed_handshake(const Error& error);

  Worker& worker_;
  std::shared_ptr<const ListenerConfig> listener_;
  ContactNote note_;
  std::shared_ptr<const Plan> plan_;  // whose limits and certificates hold for the connection
  http::ServerLimits limits_;
  Visitor visitor_;
  std::unique_ptr<net::Stream> stream_;
  net::Socket& socket_;                      // at the bottom of it
  std::unique_ptr<CapturedVisit> captured_;  // null: it is not
  tls::Session* session_ = nullptr;          // the same as stream_, if it is sealed
  std::string_view tls_version_;             // empty for plain HTTP
  std::string_view protocol_ = "HTTP/1.1";
  std::unique_ptr<http::Server> server_;
  KnownSessions::Last last_session_;
  std::unique_ptr<kerberos::HalfExchange> half_;
  net::Instant half_until_ = net::kNever;
  std::unique_ptr<PrivateConnection> own_connection_;  // null until one is wanted
  bool ending_ = false;
};

}  // namespace pforte::gate
