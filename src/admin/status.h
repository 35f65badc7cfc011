#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/message.h"

namespace pforte::admin {

using Time = std::chrono::system_clock::time_point;

// The last check of a server's health.
struct CheckStatus {
  std::string kind;  // "http", "tcp", "tls"
  bool passed = false;
  std::string code, reason;  // why not
  Time at;
  std::chrono::milliseconds took{};
};

// One server behind the gate, as it is judged now.
struct ServerStatus {
  enum class State : std::uint8_t {
    Up,
    Down,     // the health check says so
    Ejected,  // too many requests in a row failed; left out for a while
    Drained,  // an administrator keeps it from new requests, whatever else it is
  };
  std::string url;
  State state = State::Up;
  Time since;                               // of this state
  std::string reason;                       // of the last failure; empty: there was none
  unsigned failures = 0;                    // of requests, since one succeeded
  std::optional<Time> certificate_expires;  // of an https server, once one has been seen
  std::optional<CheckStatus> check;         // none where nobody checks
  bool healthy = true;                      // by its health check, if it has one
  bool ejected = false;
  bool drained = false;
  bool backup = false;
  unsigned weight = 1;
  unsigned requests = 0;      // under way
  unsigned max_requests = 0;  // 0: any number
};

struct BackendStatus {
  std::string name;
  std::vector<ServerStatus> servers;
};

struct SiteStatus {
  std::vector<std::string> hosts;
  std::string backend;
  std::optional<Time> certificate_expires;      // the first one to expire
  std::vector<std::string> refused_hosts = {};  // for which there is no certificate, although there should be
};

// A certificate that comes by ACME.
struct RenewalStatus {
  std::vector<std::string> names;
  std::string ca;
  std::string state;            // "waiting", "under-way", "failing"
  std::optional<Time> expires;  // of the one in use; none: there is none
  std::optional<Time> next;     // attempt
  std::optional<Time> tried;    // the last attempt
  unsigned failures = 0;        // in a row
  std::string code;             // of the last failure; empty: none since the last success
  Message problem, remedy;      // with `code`
};

// Attempts since the start.
struct RenewalCounts {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
};

// A way to sign in.
struct ServiceStatus {
  std::string name;  // "kerberos", "ldap", "database"
  bool runs = true;  // false: an administrator has stopped it
};

// A key version that tickets name and the keytab lacks: unproven, as anybody can write it into a token.
struct KeyDriftStatus {
  std::int64_t key_version = 0;
  bool shared = false;  // the last of several versions that are far from those of the keytab
  bool newer = false;   // than the keytab's
  Time first, last;
  std::uint64_t tickets = 0;
  std::size_t clients = 0;
  bool many_clients = false;         // that many or more
  std::optional<Time> contradicted;  // by a ticket that the KDC made with a version of the keytab
  Message remedy;
};

// A service principal and its keytab.
struct KeyStatus {
  std::string principal;
  std::string keytab;
  bool usable = false;
  std::optional<Message> problem;  // why not, and what to do
  std::vector<int> key_versions;
  std::vector<std::string> encryptions;
  std::optional<Time> written;    // the newest key, as the keytab has it; often it says nothing
  std::uint64_t rc4_tickets = 0;  // accepted by exception
  std::vector<KeyDriftStatus> drift;
};

// Where tickets that clients forward are kept.
struct DelegatedTicketStatus {
  std::string folder;
  std::optional<Message> problem;  // why they are not, and what to do
};

// A server of the directory.
struct LdapServerStatus {
  std::string url;
  bool up = true;                        // false: it has not answered since it failed
  std::optional<Time> left_alone_until;  // while it is not asked
  std::optional<Time> failed;            // the last time
  std::string reason;                    // with `failed`
};

// A certificate whose end is near.
struct CertificateStatus {
  std::string sha256;
  std::string name;
  std::string owner;
  Time expires;
  std::vector<std::string> uses;  // "site crm.example.com"
};

// A capture that is under way.
struct CaptureStatus {
  std::string by;      // who asked for it
  std::string filter;  // "client 10.0.0.7/32"
  Time begun, until;
  bool secrets = true;
  std::uint64_t connections = 0;
  std::uint64_t bytes = 0;
};

struct ListenerStatus {
  std::string address;
  std::string kind;  // "https", "http", "redirect"
};

// A gate that runs, at one instant.
struct Status {
  std::string version;
  int pid = 0;
  Time since;
  std::string configuration;  // its file
  Time loaded;
  std::vector<ListenerStatus> listeners;
  std::vector<SiteStatus> sites;
  std::vector<BackendStatus> backends;
  std::vector<RenewalStatus> renewals;         // none without ACME
  std::vector<ServiceStatus> services;         // none where nobody signs in
  std::vector<LdapServerStatus> ldap_servers;  // in the order in which they are asked; none without a directory
  std::vector<KeyStatus> keys;                 // none without Kerberos
  std::optional<DelegatedTicketStatus> delegated_tickets;
  std::vector<CertificateStatus> expiring;  // for which an alarm is due
  std::optional<CaptureStatus> capture;
  std::int64_t client_connections = 0;
  std::int64_t backend_busy = 0;
  std::int64_t backend_idle = 0;
};

// One thing that is wrong with a configuration, as pforte check prints it.
struct ReloadProblem {
  std::string severity;  // "error", "warning", "note"
  std::string file;
  std::uint32_t line = 0;    // 0: the file as a whole
  std::uint32_t column = 0;  // 0: the line as a whole
  std::string code;
  Message what;
  Message remedy;
};

// What came of a reload. Not ok: nothing has changed.
struct ReloadOutcome {
  bool ok = false;
  std::vector<ReloadProblem> problems;  // warnings even if it is ok
};

// What came of POST /api/v1/renewals: each certificate that was meant, as it is now.
struct RenewalOutcome {
  bool known = false;  // some site has the name, with a certificate by ACME
  std::vector<RenewalStatus> renewals;

  bool ok() const;  // none has failed
};
std::string to_json(const RenewalOutcome& outcome);

// The documents of GET /api/v1/status and POST /api/v1/reload. Instants are RFC 3339 in UTC.
std::string to_json(const Status& status);
std::string to_json(const ReloadOutcome& outcome);

}  // namespace pforte::admin
