#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "connection.h"
#include "options.h"

namespace pforte::bench {

// What was seen. Latencies are whole microseconds, from the moment given to ask() until the answer's last byte.
struct Figures {
  std::uint64_t requests = 0;    // answered as expected
  std::uint64_t errors = 0;      // answered otherwise, or not at all
  std::uint64_t reconnects = 0;  // connections that the gate ended although we wanted to keep them
  std::uint64_t handshakes = 0;
  std::uint64_t resumed = 0;
  std::vector<std::uint32_t> latencies_us;
  std::string first_failure;
};

// Decides what a connection does next.
class Pace {
 public:
  virtual ~Pace() = default;
  virtual void react(Connection& connection, Connection::Event event) = 0;
};

// The connections to one gate, on one epoll, and what they have seen.
class Fleet {
 public:
  explicit Fleet(const Options& options);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  std::list<Connection>& connections() { return connections_; }

  // Each request has a connection of its own, and says so.
  bool is_fresh() const { return fresh_; }

  void ask(Connection& connection, Clock::time_point since) { connection.ask(next_request(), since); }

  // How many requests can still be made: without --once, any number.
  std::uint64_t requests_left() const { return once_ ? requests_.size() - next_ : ~std::uint64_t{0}; }

  // Takes a connection as far as it goes without waiting.
  void pump(Connection& connection, Pace& pace);

  // One turn of the loop: waits for events, at most until `until`.
  void turn(Clock::time_point until, Pace& pace);

  // The figures since the last call.
  Figures take_figures();

  // "TLSv1.3 TLS_AES_128_GCM_SHA256 x25519 http/1.1": what the first handshake agreed on.
  const std::string& agreed() const { return agreed_; }

 private:
  const Request& next_request();
  void note(Connection& connection, Connection::Event event);
  void note_handshake(Connection& connection);
  void note_answer(const Connection& connection);
  void note_failure(const std::string& why);

  bool fresh_;
  std::uint64_t expect_bytes_;
  TlsContext tls_;
  std::vector<Request> requests_;  // made in turn
  std::size_t next_ = 0;
  bool once_;
  int epoll_;
  std::list<Connection> connections_;
  Figures figures_;
  std::string agreed_;
};

}  // namespace pforte::bench
