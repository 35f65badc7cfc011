#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"

namespace pforte::contact {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
Time now();

// What became of a client's connection. The numbers stand in files.
enum class Ending : std::uint8_t {
  Open = 1,           // it was there when this was written down
  Silent,             // it went before it had said anything: a look whether the port is open
  BadProxyHeader,     // a listed peer began with something else than a PROXY header
  NotTls,             // what came first is no TLS
  ClosedInHandshake,  // the client went, without a word
  TimedOut,           // the handshake took too long
  ClientAlert,        // the client refused us: `client_alert` says why
  Refused,            // we refused the client: `our_alert` and `reason`
  Unused,             // the handshake was done, and no request came
  Served,             // there were requests
  Passed,             // passed through to a server behind us
  NotPassed,          // it should have been; `reason` is the code
  Proof,              // a CA has looked for a proof (RFC 8737)
  CutOff,             // the gate stopped
  Lost,               // `times` contacts of which nothing else is known
};

// How far a connection had come when it ended.
enum class Point : std::uint8_t {
  Connected = 1,  // TCP alone
  Hello,          // some of a ClientHello had come
  Answered,       // our answer was out, the certificate with it
  Shaken,         // the handshake was done
};

// One attempt to sign in over the connection.
struct SignIn {
  bool succeeded = false;
  std::string login = {};      // of whom has signed in; of others only where the log has it as well
  std::uint8_t mark = 0;       // of the login that was typed, see mark_of(); 0: none
  std::string principal = {};  // of a ticket
  std::string method = {};     // "kerberos", "ldap", …; empty when it failed
  std::string code = {};       // why it failed; empty: it went on
  std::string reference = {};  // what `pforte explain` knows it by

  friend bool operator==(const SignIn&, const SignIn&) = default;
};

// One connection attempt of a client, or several that were alike. Texts are cut to kMostText. A default address stands
// for none.
struct Contact {
  static constexpr std::size_t kMostText = 255;
  static constexpr std::size_t kMostSignIns = 8;  // the last ones; `sign_ins_before` counts the others

  std::uint64_t id = 0;  // a later record of the same id replaces this one
  Time begin = {};
  std::chrono::milliseconds lasted{};  // of several: from the first to the last
  std::uint32_t times = 1;             // how many this stands for

  net::Address client = {};    // by the PROXY header, where that is believed
  net::Address sender = {};    // who connected, where that is another
  net::Address told = {};      // the client by X-Forwarded-For, where that is believed: the first one
  net::Address listener = {};  // as configured

  Ending ending = Ending::Open;
  Point point = Point::Connected;
  std::int16_t client_alert = -1;  // the last alert that the client sent (RFC 8446, 6), or -1
  std::int16_t our_alert = -1;     // the same of ours
  std::string reason = {};         // in OpenSSL's words, or a code of ours

  std::string server_name = {};  // SNI
  std::string offered = {};      // ALPN, the client's list: "h2,http/1.1"
  std::string protocol = {};     // agreed by ALPN
  std::string tls_version = {};  // "TLSv1.3"
  std::string cipher = {};
  bool resumed = false;
  std::string fingerprint = {};  // JA4 of the ClientHello; empty where nothing was wrong
  bool by_doctor = false;        // the ClientHello has the mark of `pforte doctor`

  std::uint32_t requests = 0;
  std::uint32_t aborted = 0;      // whose answer did not arrive completely
  std::uint16_t last_status = 0;  // of the last answer
  std::string host = {};          // of the first request
  std::string path = {};          // likewise, without the query
  std::string user_agent = {};    // likewise
  std::string agent = {};         // login of the first one who has signed in or had
  std::string backend = {};       // which it was passed to
  std::string findings = {};      // of the self-test page: "cookie=yes ticket=kerberos bytes=1432"
  std::string selftest = {};      // code of the self-test page, if that was asked for

  std::vector<SignIn> sign_ins = {};
  std::uint32_t sign_ins_before = 0;

  friend bool operator==(const Contact&, const Contact&) = default;
};

// "closed-in-handshake": for programs.
std::string_view name_of(Ending ending);
std::string_view name_of(Point point);

// Whether something is wrong with it: it failed, or somebody was not let in. What our own doctor does is no failure.
bool is_failure(const Contact& contact);

// Where a contact comes from, for the limits of what one client may have written down: the address that a believed
// proxy has told, else the client's; of IPv6 the first 64 bits.
std::uint64_t source_of(const Contact& contact);

// How many marks there are.
inline constexpr unsigned kMarks = 63;
// A mark of a login, in any case: 1 to kMarks. Who knows the login finds what may have been it, one in 63 others as
// well. What was typed may be a password in the wrong field: less than 6 bits of it are kept, whatever is guessed.
std::uint8_t mark_of(std::string_view login);

}  // namespace pforte::contact
