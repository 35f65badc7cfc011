#pragma once

#include <memory>
#include <string>

#include "gate/passthrough.h"
#include "gate/record.h"
#include "gate/reference.h"
#include "gate/relay.h"
#include "gate/rewrite.h"
#include "gate/worker.h"
#include "net/socket.h"
#include "tls/opening.h"

namespace pforte::gate {

// A client's connection that is carried to a server of a passthrough as it is. Records it when it goes.
class PassedConnection final : private RelayGauge {
 public:
  // The client's bytes, and the socket below, whose address is asked.
  struct Client {
    net::Stream& stream;
    const net::Socket& socket;
  };

  // All but `opening` must outlive it.
  PassedConnection(Worker& worker, const Passthrough& passthrough, Client client, const Visitor& visitor,
                   tls::Opening opening);
  PassedConnection(const PassedConnection&) = delete;
  PassedConnection& operator=(const PassedConnection&) = delete;
  ~PassedConnection();

  // Carries until both sides have finished. Whom it cannot connect it tells by a TLS alert. Fails with why it ended
  // otherwise.
  net::Task<> run();

 private:
  net::Task<std::unique_ptr<net::Socket>> connect();
  net::Task<std::unique_ptr<net::Socket>> connect_to(Server& server);
  net::Task<> begin(net::Stream& server);
  void blame(Server& server, const Error& error);
  Error refuse(Metrics::PassthroughFailure failure, Error error);

  void to_server(std::size_t bytes) override;
  void to_client(std::size_t bytes) override;

  Worker& worker_;
  const Passthrough& passthrough_;
  Client client_;
  const Visitor& visitor_;
  tls::Opening opening_;
  References::Text reference_;
  Record record_;
};

}  // namespace pforte::gate
