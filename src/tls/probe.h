#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "net/stream.h"

namespace pforte::tls {

// How a server is probed.
struct ProbeTerms {
  std::string name = {};                               // sent as server_name; empty: none
  std::vector<std::string> protocols = {};             // for ALPN; empty: none
  std::shared_ptr<SSL_SESSION> session = nullptr;      // to resume
  net::Duration last_words = std::chrono::seconds(1);  // how long is waited for what comes behind the handshake
};

// What a handshake brought, as far as it came.
struct Probed {
  bool done = false;  // our side of the handshake came to its end
  std::string fault;  // why it did not, or what the server said afterwards; empty: nothing is wrong
  int alert = -1;     // the last one that the server sent (RFC 8446, 6), but not close_notify
  std::string version, cipher, group, protocol;  // "TLSv1.3", "TLS_AES_128_GCM_SHA256", "x25519", "h2"
  std::vector<std::string> chain;                // what the server sent, in DER and its order
  std::string stapled;                           // OCSP response in DER
  bool asked_certificate = false;                // of us
  std::vector<std::string> authorities;          // of that question, in text
  bool extended_master_secret = false, secure_renegotiation = false, resumed = false;
  std::shared_ptr<SSL_SESSION> session;  // to resume with; null: the server gave none
};

// A handshake of OpenSSL with whatever it can speak, TLS 1.0 to 1.3 and every suite, which takes any certificate: to
// look at a server, never to trust it. Says goodbye at once and reads on until the server has ended as well, so that
// tickets and late alerts are seen (RFC 8446, 4.6.1 and 4.4.2.4).
//
// Under the deadlines of `lower`, which must outlive the task; that of reading is set anew when the handshake is done.
// A server that breaks off is told of by `fault`; fails only with Kind::Timeout while the handshake is under way, and
// with Kind::Limit when it takes more than 1 MiB.
net::Task<Probed> probe(net::Stream& lower, const ProbeTerms& terms);

}  // namespace pforte::tls
