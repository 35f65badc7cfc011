#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "gate/server.h"
#include "http/h1_client.h"
#include "net/loop.h"

namespace pforte::gate {

// How many connections to backends a worker has: what the operator sees.
class ConnectionGauge {
 public:
  virtual ~ConnectionGauge() = default;
  virtual void backend_connections(std::int64_t busy, std::int64_t idle) = 0;  // changes of both
};

// One worker's connections to the servers of all backends: those that carry an exchange, and those kept for the next.
class Connections {
 public:
  Connections(net::Loop& loop, ConnectionGauge& gauge);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  // A connection for one exchange. It is closed when it goes, unless it was given back.
  class Lease {
   public:
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    http::H1Client& client() { return *client_; }
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

    Connections* home_;
    std::shared_ptr<Server> server_;
    std::unique_ptr<http::H1Client> client_;  // null once given back
    bool reused_;
    unsigned moves_;  // of its server, when it was made
  };

  // Fails like dial().
  net::Task<Lease> take(std::shared_ptr<Server> server, net::Duration connect_limit, bool fresh);

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
  };
  Kept& kept(const std::shared_ptr<Server>& server);
  std::unique_ptr<http::H1Client> take_idle(Kept& kept);

  net::Loop& loop_;
  ConnectionGauge& gauge_;
  std::map<const Server*, Kept> kept_;
};

}  // namespace pforte::gate
