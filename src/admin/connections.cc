#include "admin/connections.h"

#include <unistd.h>

#include "net/socket.h"

namespace pforte::admin {

void Connections::take(int descriptor) {
  running_.remove_if([](const net::Beside& one) { return one.result().has_value(); });
  if (running_.size() >= kMost) {
    close(descriptor);
    return;
  }
  running_.emplace_back(serve(descriptor));
}

net::Task<> Connections::serve(int descriptor) {
  net::Socket socket(loop_, descriptor);
  http::H1Server server(loop_, socket, service_, limits_);
  co_await server.run();
  co_return {};
}

}  // namespace pforte::admin
