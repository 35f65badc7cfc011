#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "acme/url.h"
#include "base/error.h"
#include "net/loop.h"
#include "net/pool.h"
#include "net/stream.h"
#include "tls/context.h"

namespace pforte::acme {

// What is asked of a CA's server.
struct Question {
  enum class Kind : std::uint8_t { Get, Head, Post } kind = Kind::Get;
  std::string url;
  std::string body;  // of Post: application/jose+json
  std::string accept = "*/*";
};

// What it answers, whatever the status.
struct Answer {
  int status = 0;
  std::string type;                     // Content-Type without parameters, lower case
  std::string location;                 // an address; may be empty
  std::string nonce;                    // for the next request (RFC 8555, 6.5); may be empty
  std::chrono::seconds retry_after{0};  // from now; 0: it does not say
  std::vector<std::string> alternates;  // addresses of other chains (RFC 8555, 7.4.2)
  std::string body;

  bool good() const { return status >= 200 && status < 300; }
};

// Asks a server over HTTPS: one connection for each question, to a server whose certificate is verified. On its loop's
// thread; names are looked up on the pool. Both must outlive it.
class Web {
 public:
  Web(net::Loop& loop, net::Pool& pool, std::shared_ptr<const tls::ClientContext> trust)
      : loop_(loop), pool_(pool), trust_(std::move(trust)) {}

  // Fails with Kind::Unavailable or Kind::Timeout (acme.unreachable), Kind::Denied when the certificate does not hold
  // (acme.not-trusted), and Kind::Invalid (acme.malformed).
  net::Task<Answer> ask(Question question);

 private:
  net::Task<Answer> converse(Url url, Question question);
  net::Task<std::unique_ptr<net::Stream>> connect(Url url);

  net::Loop& loop_;
  net::Pool& pool_;
  std::shared_ptr<const tls::ClientContext> trust_;
};

// The value of a Retry-After field (RFC 9110, 10.2.3): seconds, or a date. 0 when it is neither, or has passed; at most
// a week.
std::chrono::seconds read_retry_after(std::string_view value, std::chrono::sys_seconds now);

// The target of a Link field with rel="alternate" (RFC 8288, 3); empty where it is another.
std::string read_alternate(std::string_view link);

}  // namespace pforte::acme
