#pragma once

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "gate/server.h"
#include "net/loop.h"
#include "net/socket.h"
#include "net/stream.h"

namespace pforte::gate {

// What was dialled, and whether HTTP/2 is spoken over it.
struct Line {
  std::unique_ptr<net::Stream> stream;
  bool http2 = false;
};

// Http1: whatever the backend's protocol is, over a connection of TLS.
enum class Speech : std::uint8_t { AsConfigured, Http1 };

// A fresh connection to a server, sealed and verified if it is an https one. Its addresses are tried in turn; `limit`
// bounds it all. `server` must outlive the task.
//
// Fails with the code "backend.no-address" (its name is not found), "backend.connect", "backend.connect-timeout",
// "backend.certificate-expired", "backend.certificate-name", "backend.not-trusted" (its certificate does not hold
// otherwise), "backend.tls" or "backend.no-http2" (which it has to speak), and with "gate.no-descriptor" when it is not
// the server's fault.
net::Task<Line> dial(net::Loop& loop, Server& server, net::Duration limit, Speech speech = Speech::AsConfigured);

// Why nothing can be asked over HTTP/2 of a server that was dialled, by how its greeting ended (H2Client::greeted()):
// "backend.no-http2" where it seems to speak none, else "backend.connect".
Error not_greeted(const Server& server, const Error& ended);

// The same as dial() without TLS, whatever the server speaks.
net::Task<std::unique_ptr<net::Socket>> reach(net::Loop& loop, Server& server, net::Duration limit);

}  // namespace pforte::gate
