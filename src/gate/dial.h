#pragma once

#include <memory>

#include "gate/server.h"
#include "net/loop.h"
#include "net/socket.h"
#include "net/stream.h"

namespace pforte::gate {

// A fresh connection to a server, sealed and verified if it is an https one. Its addresses are tried in turn; `limit`
// bounds it all. `server` must outlive the task.
//
// Fails with the code "backend.no-address" (its name is not found), "backend.connect", "backend.connect-timeout",
// "backend.certificate-expired", "backend.certificate-name", "backend.not-trusted" (its certificate does not hold
// otherwise) or "backend.tls", and with "gate.no-descriptor" when it is not the server's fault.
net::Task<std::unique_ptr<net::Stream>> dial(net::Loop& loop, Server& server, net::Duration limit);

// The same without TLS, whatever the server speaks.
net::Task<std::unique_ptr<net::Socket>> reach(net::Loop& loop, Server& server, net::Duration limit);

}  // namespace pforte::gate
