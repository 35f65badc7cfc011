#include "gate/passthrough_circle.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace pforte::gate {

namespace {

net::Address peer_of(const net::Socket& socket) {
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  if (getpeername(socket.descriptor(), reinterpret_cast<sockaddr*>(&raw), &size) != 0) return {};
  return net::from_sockaddr(raw, size).value_or(net::Address());
}

}  // namespace

bool is_same_door(const net::Address& listener, const net::Address& server, bool here) {
  constexpr std::array<std::uint8_t, 16> kEverything{};
  if (listener.port() != server.port()) return false;
  bool everywhere = listener.ip() == kEverything || listener.with_port(0) == net::Address();
  return listener == server || (everywhere && here);
}

bool leads_back(const net::Socket& made, const net::Socket& client, std::span<const ListenerConfig> listeners) {
  net::Address server = peer_of(made);
  // To its own addresses a machine goes from the very same ones.
  bool here = server.is_loopback() || server.ip() == made.local_address().ip();
  return here && std::ranges::any_of(listeners, [&](const ListenerConfig& one) {
           // The system has chosen the port of the one by which the client came.
           std::uint16_t port = one.address.port() != 0 ? one.address.port() : client.local_address().port();
           return one.tls && is_same_door(one.address.with_port(port), server, here);
         });
}

}  // namespace pforte::gate
