#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/message.h"
#include "kerberos/gss.h"
#include "kerberos/kerberos_config.h"
#include "kerberos/presentation.h"
#include "kerberos/principal.h"
#include "kerberos/replay_guard.h"

namespace pforte::kerberos {

using Time = std::chrono::system_clock::time_point;

// What a ticket has proved.
struct Proof {
  Principal client;
  Principal service;
  Time expires;                     // of the ticket
  std::string name;                 // of the person, from a verified PAC; often empty
  std::vector<std::string> groups;  // of a verified PAC, as configured names or SIDs ("S-1-5-21-..."); often empty
  bool bound = false;               // to the TLS connection it came through
};

// One leg of an exchange.
struct Leg {
  std::string answer;          // token to send back; may be empty
  std::optional<Proof> proof;  // none: the client has to go on
  Credential forwarded = {};   // ticket-granting ticket that came with the proof, where the configuration keeps them
};

// An exchange that is not over: belongs to one client's connection. Opaque.
class HalfExchange {
 public:
  virtual ~HalfExchange() = default;
};

// A configured service principal, as it can be used now.
struct KeyStatus {
  std::string principal;
  std::string keytab;
  bool usable = false;
  std::optional<Message> problem;  // why not, and what to do
  std::vector<int> key_versions;
  std::vector<std::string> encryptions;  // "aes256-cts-hmac-sha1-96"
  std::optional<Time> written;           // of the newest key, as the keytab has it; ktpass writes none
  std::uint64_t rc4_tickets = 0;         // accepted with RC4 or DES3, because `allow_rc4` names it
};

// Proves who sent a ticket, for many principals and keytabs at once. The key is chosen by the service's name in the
// ticket; a keytab that is missing or wrong disables its own principal alone; one that is replaced on disk is used from
// then on.
class Acceptor {
 public:
  // `replays` must outlive it. Fails with Kind::Invalid when nothing of the configuration can ever be used.
  static Result<std::unique_ptr<Acceptor>> make(const KerberosConfig& config, ReplayGuard& replays);
  virtual ~Acceptor() = default;

  // Any thread; blocks for as long as the cryptography takes (about 0.1 ms). `token` is decoded; `binding` is the
  // application data for the connection, "tls-server-end-point:" and the hash (RFC 5929), empty for none. `half`
  // carries the exchange from leg to leg: null at first, set when the client has to go on, null again after a failure.
  // `seen` tells what the exchange has shown so far, also after a failure.
  //
  // Fails with Kind::Denied when the ticket is no good and Kind::Unavailable when the fault is ours. The codes
  // (kerberos.*) are told apart in docs/errors.md, with the remedy; the text names principal, key version and cause.
  virtual Result<Leg> accept(std::string_view token, std::string_view binding, std::unique_ptr<HalfExchange>& half,
                             Presentation& seen) = 0;

  virtual std::vector<KeyStatus> status() const = 0;
};

}  // namespace pforte::kerberos
