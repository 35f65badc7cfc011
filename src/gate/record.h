#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "net/address.h"
#include "net/timer.h"

namespace pforte::gate {

// One exchange as the access log and the counters see it, filled while it runs. Views are valid until the exchange
// has been recorded. Instants that never came are net::kNever.
struct Record {
  std::chrono::system_clock::time_point time;  // when the head was complete
  std::string_view reference;                  // id that the answer, the page and the log share

  net::Address client;
  std::string_view server_name;  // SNI; empty without
  std::string_view tls_version;  // "TLSv1.3"; empty for plain HTTP
  std::string_view protocol = "HTTP/1.1";

  std::string_view host;
  std::string_view method;
  std::string_view path;  // as sent, without the query, which may hold secrets
  std::string_view user_agent;

  std::string_view agent;     // login of who has signed in; empty if nobody has
  std::string_view site;      // first host of the site; empty if none was found
  std::string_view backend;   // its name; empty if nothing was forwarded
  std::string_view server;    // URL of the server that answered or failed last
  std::string_view decision;  // stable code: "allowed", "path.not-allowed", "backend.connect", …
  unsigned rule_line = 0;     // of the rule that decided; 0: none, or from a list
  unsigned attempts = 0;      // servers that were asked

  int status = 0;               // 0: none was sent
  bool aborted = false;         // the answer did not arrive completely
  std::uint64_t bytes_in = 0;   // of the body
  std::uint64_t bytes_out = 0;  // of the body

  net::Instant begin = net::kNever;       // head complete
  net::Instant queued = net::kNever;      // it began to wait for a server with room; never: there was one
  net::Instant placed = net::kNever;      // that wait ended
  net::Instant connected = net::kNever;   // a connection to the server was at hand
  net::Instant first_byte = net::kNever;  // the server's answer began
  net::Instant end = net::kNever;
};

}  // namespace pforte::gate
