#pragma once

#include <list>

#include "http/exchange.h"
#include "http/h1_server.h"
#include "net/loop.h"
#include "net/together.h"

namespace pforte::admin {

// The connections of operators to one service, over HTTP/1.1. Destroying them drops them.
class Connections {
 public:
  // At once; a scraper and a console need a few. One more is closed when it comes.
  static constexpr std::size_t kMost = 64;

  // Both must outlive the connections.
  Connections(net::Loop& loop, http::Service& service) : loop_(loop), service_(service) {}
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // Serves an accepted connection, and owns its descriptor from now on.
  void take(int descriptor);

 private:
  net::Task<> serve(int descriptor);

  net::Loop& loop_;
  http::Service& service_;
  http::ServerLimits limits_;
  std::list<net::Beside> running_;  // and ended, until the next one comes
};

}  // namespace pforte::admin
