#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pforte::bench {

using Clock = std::chrono::steady_clock;

template <auto kFree>
struct Release {
  void operator()(auto* object) const { kFree(object); }
};
using Tls = std::unique_ptr<SSL, Release<SSL_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using TlsSession = std::unique_ptr<SSL_SESSION, Release<SSL_SESSION_free>>;

// TLS 1.3 with one suite and one group, so that every gate has the same cryptographic work.
TlsContext make_tls_context();

// What goes over the wire for one request: `head`, then `body_bytes` of filler.
struct Request {
  std::string head;
  std::uint64_t body_bytes = 0;
};

// Where connections come from and go to, and who hears of their events.
struct Route {
  int epoll = -1;
  SSL_CTX* tls = nullptr;
  sockaddr_in from{};
  sockaddr_in to{};
};

// An HTTP/1.1 client on one TLS connection, which can be opened again after it has closed.
//
// Registered once and edge-triggered: after an event, advance() must be called until it says Waiting.
class Connection {
 public:
  enum class Event : std::uint8_t {
    Waiting,   // nothing more can be done now
    Ready,     // the handshake is done
    Answered,  // the answer to the request is complete
    Closed,    // no connection any more; failure() says why, or is empty after an orderly end
  };

  // `resume`: open() offers the last ticket that came.
  Connection(const Route& route, bool resume) : route_(route), resume_(resume) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void open();
  void close();

  // Begins a request on a connection that is open and has none under way. `request` must outlive the answer.
  // `since` is only kept, for latency.
  void ask(const Request& request, Clock::time_point since);

  Event advance();

  bool is_open() const { return tls_ != nullptr; }
  bool is_asking() const { return request_ != nullptr; }
  bool was_resumed() const { return SSL_session_reused(tls_.get()) == 1; }
  Clock::time_point opened() const { return opened_; }
  Clock::time_point since() const { return since_; }
  int status() const { return status_; }
  std::uint64_t body_bytes() const { return body_bytes_; }
  const std::string& failure() const { return failure_; }
  SSL* tls() const { return tls_.get(); }

  // Called by OpenSSL for every ticket.
  void keep(TlsSession session) { session_ = std::move(session); }

 private:
  bool send();
  Event receive();
  bool take(std::string_view bytes);
  bool take_head();
  Event ended(int result);

  Route route_;
  bool resume_;
  int fd_ = -1;
  Tls tls_;
  TlsSession session_;
  bool handshaken_ = false;
  std::string failure_;
  Clock::time_point opened_, since_;

  const Request* request_ = nullptr;
  std::uint64_t sent_bytes_ = 0;

  std::string head_;
  bool in_body_ = false;
  int status_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t body_left_ = 0;
};

}  // namespace pforte::bench
