#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "gate/backend.h"
#include "gate/connections.h"
#include "net/together.h"

namespace pforte::gate {

// The connection to a server that one client has for itself, since the application may sign it in (RFC 4559, 6). It
// carries this client's requests alone, and the client's connection ends with it: who was signed in must not go on as
// somebody else, or as nobody. One for each client's connection: whoever turns to another backend begins anew there.
class PrivateConnection {
 public:
  // `on_loss` is called when a connection that was used is not there for the next request; it may destroy this.
  // `connections` must outlive it.
  PrivateConnection(Connections& connections, std::function<void()> on_loss);

  // Where it leads to, if that is a server of `backend` that gets requests; null: to none. An ejected server is not
  // left.
  const Server* server_of(const Backend& backend) const;

  // For one exchange: the one that was kept, or else, and where a `fresh` one is wanted, a new one, never one that
  // others have used. Fails like dial().
  net::Task<Connections::Lease> take(std::shared_ptr<Server> server, net::Duration connect_limit, bool fresh);

  // Keeps it for the client's next request; it is lost if it is not fit for one, and as soon as its server closes it.
  void keep(Connections::Lease lease);

 private:
  net::Task<> watch();

  Connections& connections_;
  std::function<void()> on_loss_;
  std::optional<Connections::Lease> kept_;
  std::optional<net::Beside> watch_;  // over kept_
};

}  // namespace pforte::gate
