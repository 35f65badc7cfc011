#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/backend_config.h"
#include "gate/verdict.h"
#include "net/address.h"
#include "net/timer.h"
#include "tls/context.h"

namespace pforte::gate {

// One server of a backend: where it is, how it is reached, and whether it gets requests. Shared by all workers. What
// changes is read without a lock while requests are served, and written only when something happens to the server.
class Server {
 public:
  Server(const BackendConfig& backend, const ServerConfig& config, std::shared_ptr<const tls::ClientContext> tls);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "https://10.0.0.12:8443"
  const std::string& url() const { return url_; }
  const std::string& host() const { return config_.host; }
  std::uint16_t port() const { return config_.port; }
  // Null for plain HTTP.
  const tls::ClientContext* tls() const { return tls_.get(); }
  Protocol protocol() const { return protocol_; }
  // What its certificate must say, and what we ask for (SNI).
  const std::string& tls_name() const { return tls_name_; }
  std::size_t idle_connections() const { return idle_connections_; }
  // Of its URL, by hash_of().
  std::uint64_t hash() const { return hash_; }

  using Addresses = std::shared_ptr<const std::vector<net::Address>>;
  // Empty while the name has not been found.
  Addresses addresses() const;
  void addresses(std::vector<net::Address> found);
  // How often one of its addresses has gone: a connection from before may lead to where it is no more.
  unsigned moves() const { return moves_.load(std::memory_order_relaxed); }
  // Which of them answered last; may lie beyond their end.
  std::size_t good_address() const { return good_address_.load(std::memory_order_relaxed); }
  void good_address(std::size_t number) { good_address_.store(number, std::memory_order_relaxed); }
  bool named() const { return named_; }  // a name, which may move; else an address

  // Whether it may get a request now.
  bool available(net::Instant now) const { return healthy() && !ejected(now) && !drained(); }
  bool healthy() const { return healthy_.load(std::memory_order_relaxed); }
  bool ejected(net::Instant now) const;

  // A request is under way here, from all workers: counted in, and out when it is over. False: there are `most` already
  // (0: any number), and it is not.
  bool let_in(unsigned most);
  void let_out() { requests_.fetch_sub(1); }
  unsigned requests() const { return requests_.load(); }

  // Whether an administrator keeps it from new requests; drain() is true when that changed.
  bool drained() const { return drained_.load(std::memory_order_relaxed); }
  bool drain(bool drained);

  // Whether it has said lately, over HTTP/2, that it wants to be asked over HTTP/1.1. require_http1() notes that, and
  // is true when it is new.
  bool wants_http1(net::Instant now) const;
  bool require_http1(net::Instant now);

  // How warm it is, from 100 to 1000: a server that came back less than `slow_start` ago is given less than its weight.
  unsigned warmth(net::Instant now, net::Duration slow_start) const;

  // What came of an attempt. Enough failures in a row eject the server for a while: true for the one that did it. Each
  // further ejection takes twice as long as the one before, until the server has served as long as it was left out.
  void succeeded();
  bool failed(net::Instant now, std::string_view reason);

  // What an active check found.
  struct Check {
    bool passed = false;
    std::string code, reason;  // why not
    std::chrono::system_clock::time_point at;
    std::chrono::milliseconds took{};
  };
  // One more check; true when the verdict changed (see Verdict).
  bool judged(const Check& check, unsigned rise, unsigned fall);
  // Nobody checks it any more: what checks said of it is forgotten.
  void unchecked();

  // The end of the certificate it showed at the last connection, and its digest. True: it is another than before, and
  // showed_chain() is to be told.
  bool showed_certificate(std::chrono::sys_seconds not_after, const std::string& digest);
  // The same of one that does not hold, which is refused. True at most once a minute: whoever is in between may show as
  // many as he likes.
  bool showed_bad_certificate(std::chrono::sys_seconds not_after, const std::string& digest, net::Instant now);
  // What it sent with it, in PEM.
  void showed_chain(std::string pem);
  // What it has shown since the last call; empty: nothing new.
  std::string take_chain();

  // What the operator is told.
  struct Story {
    std::chrono::system_clock::time_point since;  // of its present state
    std::string reason;                           // of the last failure; empty: there was none
    std::optional<std::chrono::sys_seconds> certificate_expires;
    std::optional<Check> check;  // the last one
    std::uint64_t checks_passed = 0;
    std::uint64_t checks_failed = 0;
    std::uint64_t changes = 0;              // of the verdict
    std::chrono::milliseconds ejection{0};  // how long the last one takes, or took; 0: there was none
    // Of requests, since one succeeded, a check passed, or an administrator let requests to it again.
    unsigned failures = 0;
  };
  Story story() const;

  // Whether `other` is the same server, reached the same way: a reload keeps what is known of it.
  bool same_as(const Server& other) const;

 private:
  void came_back() { back_since_.store(net::Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }
  std::chrono::milliseconds next_ejection(net::Instant now, unsigned failures) const;

  ServerConfig config_;
  std::string url_;
  std::uint64_t hash_;
  std::string tls_name_;
  std::shared_ptr<const tls::ClientContext> tls_;
  Protocol protocol_;
  std::size_t idle_connections_;
  unsigned eject_after_;
  std::chrono::milliseconds eject_time_;
  std::chrono::milliseconds eject_time_max_;
  bool named_;

  std::atomic<std::size_t> good_address_{0};
  std::atomic<unsigned> moves_{0};
  std::atomic<bool> healthy_{true};
  std::atomic<bool> drained_{false};
  std::atomic<unsigned> failures_in_a_row_{0};
  std::atomic<std::int64_t> ejected_until_{0};  // ticks of net::Clock
  std::atomic<std::int64_t> http1_until_{0};    // likewise
  std::atomic<std::int64_t> back_since_{0};     // likewise; 0: it was never away but for ejections
  mutable std::mutex mutex_;
  Addresses addresses_;                              // under mutex_; asked for only when a connection is made
  Story story_;                                      // under mutex_
  std::chrono::system_clock::time_point failed_at_;  // under mutex_: when a request failed last
  Verdict verdict_;                                  // under mutex_; healthy_ tells it without
  std::string digest_;                               // under mutex_: of the certificate it shows
  net::Instant next_bad_{};                          // under mutex_: before then no refused one is told of
  std::string chain_;                                // under mutex_: not taken yet
  // Written by every request: beside nothing that others only read.
  alignas(64) std::atomic<unsigned> requests_{0};
};

}  // namespace pforte::gate
