#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "gate/connection_gauge.h"
#include "gate/dial.h"
#include "gate/server.h"
#include "gate/shared_connections.h"
#include "http/h1_client.h"
#include "net/loop.h"

namespace pforte::gate {

// One worker's connections to the servers of all backends: those that carry an exchange, and those kept for the next.
class Connections {
 public:
  Connections(net::Loop& loop, ConnectionGauge& gauge);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  // A connection for one exchange, or its part of one. It is closed when it goes, unless it was given back.
  class Lease {
   public:
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    http::ClientExchange& client() { return shared_ ? *shared_ : *client_; }
    // Only of one that it does not share (HTTP/1.1).
    http::H1Client& connection() { return *client_; }
    const std::shared_ptr<Server>& server() const { return server_; }
    // Whether it carried an exchange before: then the server may have closed it at the moment we used it.
    bool reused() const { return reused_; }

    // Keeps the connection for the next exchange, whoever's it is, if it is fit for one and stands for nobody.
    void give_back() &&;

    // Makes it ready for the next exchange of the same client; false when it is not fit for one.
    bool rest();

   private:
    friend class Connections;
    Lease(Connections& home, std::shared_ptr<Server> server, std::unique_ptr<http::H1Client> client, bool reused,
          unsigned moves);
    Lease(Connections& home, std::shared_ptr<Server> server, SharedConnections::Found shared);

    Connections* home_;
    std::shared_ptr<Server> server_;
    std::unique_ptr<http::H1Client> client_;        // null once given back, and where others share the connection
    std::unique_ptr<http::ClientExchange> shared_;  // one exchange of many (HTTP/2); null: it has the connection alone
    bool reused_;
    unsigned moves_;  // of its server, when it was made
  };

  // A connection that carries nothing else, or one that many share (HTTP/2), as the backend's protocol wants it.
  // `fresh`: one that carried nothing before, unless it is shared. Fails like dial(), and with Kind::Unavailable
  // (backend.no-websocket) where no connection to the server could be a tunnel.
  net::Task<Lease> take(std::shared_ptr<Server> server, net::Duration connect_limit, bool fresh,
                        Purpose purpose = Purpose::Answer);

  // Closes what has been idle too long, what its server closed, and what no plan uses any more.
  void sweep();

 private:
  struct Idle {
    std::unique_ptr<http::H1Client> client;
    net::Instant since;
    unsigned moves;  // of its server, when it was made
  };
  struct Kept {
    std::shared_ptr<Server> server;
    std::vector<Idle> idle;  // last used at the end
    unsigned busy = 0;
    std::unique_ptr<SharedConnections> shared;  // once the server was to speak HTTP/2
  };
  Kept& kept(const std::shared_ptr<Server>& server);
  std::unique_ptr<http::H1Client> take_idle(Kept& kept);
  SharedConnections& shared(const std::shared_ptr<Server>& server);
  net::Task<Lease> take_alone(std::shared_ptr<Server> server, net::Duration connect_limit, bool fresh, Speech speech);
  net::Task<Lease> take_shared(std::shared_ptr<Server> server, net::Duration connect_limit, Purpose purpose);

  net::Loop& loop_;
  ConnectionGauge& gauge_;
  std::map<const Server*, Kept> kept_;
};

}  // namespace pforte::gate
