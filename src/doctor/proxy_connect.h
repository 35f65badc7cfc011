#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "doctor/destination.h"
#include "doctor/setting.h"
#include "net/address.h"
#include "net/stream.h"
#include "tls/context.h"

namespace pforte::doctor {

// How far an attempt to go through a proxy came.
enum class ConnectState : std::uint8_t {
  Opened,
  Answered,      // by another status than 2xx
  NotConnected,  // TCP to the proxy did not come about
  TlsFailed,     // nor TLS
  NotHttp,       // it answers something else
  Closed,        // it closes the connection without an answer
  Silent,        // it does not answer in time
  TooLarge,      // its answer's head is larger than anybody takes
};

// What a proxy made of CONNECT (RFC 9110, 9.3.6).
struct ConnectAnswer {
  ConnectState state = ConnectState::Silent;
  int status = 0;
  std::string reason = {};                // of the status line
  std::string server = {};                // Server
  std::vector<std::string> via = {};      // who passed the answer on, the one that made it first (RFC 9110, 7.6.3)
  std::vector<std::string> schemes = {};  // of Proxy-Authenticate, in lower case
  std::string location = {};
  std::string detail = {};   // X-Squid-Error, where there is one
  std::string words = {};    // what its page says, without marks, the beginning of it
  std::string failure = {};  // of NotConnected, TlsFailed and NotHttp, in English
  std::chrono::milliseconds took = {};
  std::unique_ptr<net::Stream> stream = {};  // of Opened: to the end of the path
};

// A proxy that was found: what leads through it.
struct ProxyWay {
  Proxy proxy;
  net::Address at;
  std::shared_ptr<const tls::ClientContext> trust = {};  // for one that is spoken to by TLS
};

// Asks the proxy to connect to `target`, "crm.example.com:443"; a URL of plain HTTP it is asked to fetch instead, as
// clients do (RFC 9112, 3.2.2): many open connections to port 443 alone. Then what the server behind it answers counts
// as Opened as well, and there is no stream. Never fails.
net::Task<ConnectAnswer> ask_proxy(const Setting& setting, std::shared_ptr<const ProxyWay> way, std::string target);

// The same as a Dial's work: the opened stream; fails with Kind::Unavailable else.
net::Task<std::unique_ptr<net::Stream>> dial_through(const Setting& setting, std::shared_ptr<const ProxyWay> way,
                                                     std::string authority);

// A connection to the proxy itself, over TLS where it is spoken to by that. Fails as net::connect() and tls::Session
// do.
net::Task<std::unique_ptr<net::Stream>> dial_proxy(const Setting& setting, const ProxyWay& way);

// What stands in Proxy-Authorization (RFC 7617, 2). None: there is no user.
std::optional<Secret> proxy_authorization(const Proxy& proxy);

// The text of a page: its title if it has one, else its first letters, without marks and runs of blanks.
std::string words_of_page(std::string_view page);

}  // namespace pforte::doctor
