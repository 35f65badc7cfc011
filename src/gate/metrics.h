#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/record.h"

namespace pforte::gate {

// A number that one thread changes and others may read.
class Counter {
 public:
  void add(std::int64_t amount = 1) {
    // One writer: a load and a store suffice, and cost no locked instruction.
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void subtract(std::int64_t amount = 1) { add(-amount); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// The sites that have numbers, each by its index, which it keeps over reloads. One for the process; safe on all
// threads.
class SiteNames {
 public:
  // Index 0: requests for which no site was found.
  static constexpr std::size_t kNone = 0;

  // The index of a site, given when a plan is made; the same name has the same index for ever.
  std::size_t index_of(std::string_view name);
  std::vector<std::string> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> names_{""};  // under mutex_
};

// What one worker counts. Its thread writes, a scrape on another thread reads; no lock on the way of a request.
class Metrics {
 public:
  // Reasons of failed handshakes: the labels there are. Anything else counts as "other".
  static constexpr std::array<std::string_view, 9> kHandshakeReasons{
      "timeout",  "closed", "no_shared_version", "no_shared_cipher", "unknown_name", "client_alert", "not_tls",
      "protocol", "other"};
  // What people sign in by. Both passwords of the directory and of the store fail as "password".
  static constexpr std::array<std::string_view, 3> kSignInMethods{"kerberos", "ldap", "database"};
  static constexpr std::array<std::string_view, 3> kSignInProofs{"ticket", "password", "token"};
  enum class SignInProof : std::uint8_t { Ticket, Password, Token };
  // Why a connection was not passed through.
  static constexpr std::array<std::string_view, 3> kPassthroughFailures{"not_allowed", "full", "no_server"};
  enum class PassthroughFailure : std::uint8_t { NotAllowed, Full, NoServer };
  // Upper ends of the buckets of request durations, in microseconds.
  static constexpr std::array<std::int64_t, 14> kBuckets{1'000,     2'500,     5'000,      10'000,    25'000,
                                                         50'000,    100'000,   250'000,    500'000,   1'000'000,
                                                         2'500'000, 5'000'000, 10'000'000, 30'000'000};

  struct Site {
    std::array<Counter, 6> requests;  // by the first digit of the status; 0: no answer was sent
    std::array<Counter, kBuckets.size() + 1> durations;
    Counter duration_us;
    Counter aborted;
    Counter bytes_in;
    Counter bytes_out;
  };

  // An exchange has ended. `site` is an index of SiteNames. A tunnel (status 101) is not in the durations.
  void count(std::size_t site, const Record& record);
  void count_handshake_failure(std::string_view reason);
  // `method` is one of kSignInMethods.
  void count_sign_in(std::string_view method);
  void count_sign_in_failure(SignInProof proof) { sign_in_failures_[std::size_t(proof)].add(); }
  void count_passthrough_failure(PassthroughFailure why) { passthrough_failures_[std::size_t(why)].add(); }

  // A site's numbers, or null while there are none. For the scrape.
  const Site* site(std::size_t index) const;
  const Counter& handshake_failures(std::size_t reason) const { return handshake_failures_[reason]; }
  const Counter& sign_ins(std::size_t method) const { return sign_ins_[method]; }
  const Counter& sign_in_failures(std::size_t proof) const { return sign_in_failures_[proof]; }
  const Counter& passthrough_failures(std::size_t why) const { return passthrough_failures_[why]; }

  // Gauges: add() and subtract() in pairs.
  Counter client_connections;
  Counter backend_busy;
  Counter backend_idle;
  Counter backend_http2_connections;  // of both
  Counter backend_http2_streams;
  Counter tunnels;
  Counter passthroughs;  // connections whose TLS we do not end

  // Counters.
  Counter clients_accepted;
  Counter clients_refused;  // over the limit of connections
  Counter accept_refusals;  // the system had no descriptor left
  Counter handshakes_full;
  Counter handshakes_resumed;
  Counter http2_connections;
  Counter http2_abuses;      // HTTP/2 connections that were ended for it
  Counter misdirected;       // requests whose host is not the connection's
  Counter backend_connects;  // connections opened to backends
  Counter retries;           // further attempts after a failed one
  Counter ejections;         // servers left out for a while
  Counter passthrough_connections;
  Counter passthrough_bytes_in;   // to servers
  Counter passthrough_bytes_out;  // to clients
  Counter cache_hits;             // requests answered from the cache without asking the application
  Counter cache_misses;           // requests that it might have answered
  Counter cache_stored;           // answers that were stored

 private:
  Site& series_of(std::size_t index);

  mutable std::mutex growing_;  // held while sites_ grows, and while others than its thread look into it
  std::deque<Site> sites_;
  std::array<Counter, kHandshakeReasons.size()> handshake_failures_;
  std::array<Counter, kSignInMethods.size()> sign_ins_;
  std::array<Counter, kSignInProofs.size()> sign_in_failures_;
  std::array<Counter, kPassthroughFailures.size()> passthrough_failures_;
};

// A server as the scrape shows it.
struct ServerHealth {
  std::string backend;
  std::string server;  // its URL
  bool up = false;
  bool drained = false;
  std::uint32_t requests = 0;  // under way
  bool checked = false;        // somebody asks it; else the numbers below mean nothing
  std::uint64_t checks_passed = 0;
  std::uint64_t checks_failed = 0;
  std::uint64_t changes = 0;  // of the verdict
};

// A backend's line as the scrape shows it.
struct LineFacts {
  std::string backend;
  std::size_t waiting = 0;
  std::uint64_t served = 0, turned_away = 0, timed_out = 0, gave_up = 0;
  std::uint64_t waited_us = 0;
};

// A certificate that comes by ACME as the scrape shows it.
struct RenewalFact {
  std::string names;                                          // with spaces between
  unsigned failures = 0;                                      // in a row
  std::optional<std::chrono::system_clock::time_point> next;  // attempt
};

// What our ACME server has done since the start, as the scrape shows it.
struct AcmeServerFacts {
  std::uint64_t issued = 0;                                          // certificates
  std::vector<std::pair<std::string_view, std::uint64_t>> refusals;  // by type (RFC 8555, 6.7)
};

// A certificate that is in use, or could be.
struct CertificateExpiry {
  std::string name;    // its first name, else its subject
  std::string sha256;  // the first 12 digits
  std::string source;
  std::int64_t seconds = 0;  // until it ends; negative: since it ended
};

// What the scrape shows beside the workers' numbers.
struct ProcessFacts {
  std::uint64_t cache_bytes = 0;  // of memory that the cache takes
  std::uint64_t cache_entries = 0;
  std::string version;
  std::chrono::system_clock::time_point started;
  std::chrono::system_clock::time_point loaded;  // the configuration in force
  std::uint64_t access_log_lines_lost = 0;
  // Clients' connections: written down, only counted, and neither.
  std::uint64_t contacts_kept = 0;
  std::uint64_t contacts_counted = 0;
  std::uint64_t contacts_lost = 0;
  std::uint64_t reloads = 0;
  std::uint64_t reloads_refused = 0;
  std::uint64_t captures = 0;  // under way
  std::vector<ServerHealth> servers;
  std::vector<LineFacts> lines;
  // Of tickets that were refused since a keytab lacks their key version; and how many newer versions some keytab lacks
  // now, but for those that were contradicted.
  std::uint64_t newer_key_tickets = 0;
  std::uint64_t older_key_tickets = 0;
  std::uint64_t key_drifts = 0;
  std::vector<CertificateExpiry> certificates;  // those that end first
  // Of certificates that come by ACME, and attempts since the start.
  std::vector<RenewalFact> renewals;
  std::uint64_t renewals_succeeded = 0;
  std::uint64_t renewals_failed = 0;
  std::optional<AcmeServerFacts> acme_server;  // none: there is none
};

// The sums over all workers, in the text format of Prometheus, version 0.0.4.
std::string prometheus_text(const SiteNames& sites, std::span<const Metrics* const> workers, const ProcessFacts& facts);

// The Content-Type of that text.
inline constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace pforte::gate
