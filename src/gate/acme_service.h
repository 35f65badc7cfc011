#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "acme/server.h"
#include "conf/problem.h"
#include "gate/config.h"
#include "http/exchange.h"
#include "http/page.h"
#include "net/address.h"
#include "net/loop.h"
#include "net/pool.h"

namespace pforte::gate {

// The company CA's ACME server, under /.pforte/ca/acme/ of every site over TLS. Any thread; what blocks runs on its
// pools. Kept alive by whatever is under way.
class AcmeService : public std::enable_shared_from_this<AcmeService> {
 public:
  static constexpr std::string_view kPrefix = "/.pforte/ca/acme/";

  struct Pools {
    net::Pool& work;  // the store, signatures
    // The addresses of names that clients choose. Whoever makes them slow delays no request. With more threads than an
    // account has lookups at once (4), a single account does not delay others' lookups either.
    net::Pool& lookups;
  };

  // Null where the configuration has no [ca.acme], or cannot have it: what is wrong goes to `problems`. Opens the CA
  // and the store of the state folder. Blocks. Pools and tally must outlive it.
  static std::shared_ptr<AcmeService> make(const Config& config, Pools pools, acme::ServerTally& tally,
                                           conf::Problems& problems);

  // The answer to a request below kPrefix, from a client at this address. Fails when the body cannot be read.
  net::Task<http::Page> serve(net::Loop& loop, http::Exchange& exchange, net::Address client);

 private:
  AcmeService(std::unique_ptr<acme::Server> server, Pools pools, acme::ServerTally& tally)
      : server_(std::move(server)), pools_(pools), tally_(tally) {}
  static net::Task<> look(std::shared_ptr<AcmeService> self, net::Loop& loop, acme::Lookup lookup);

  std::unique_ptr<acme::Server> server_;
  Pools pools_;
  acme::ServerTally& tally_;
  std::atomic<int> waiting_ = 0;
};

}  // namespace pforte::gate
