#include "gate/dial.h"

#include <optional>

#include "base/text.h"
#include "net/socket.h"
#include "tls/session.h"

namespace pforte::gate {

namespace {

std::unexpected<Error> connect_failure(const Error& error) {
  if (error.code() == "net.no-descriptor") return fail(Kind::Limit, "gate.no-descriptor", error.text());
  if (error.kind() == Kind::Timeout) return fail(Kind::Timeout, "backend.connect-timeout", error.text());
  return fail(Kind::Unavailable, "backend.connect", error.text());
}

std::unexpected<Error> tls_failure(const Server& server, const Error& error) {
  if (error.kind() == Kind::Timeout) {
    return fail(Kind::Timeout, "backend.connect-timeout", cat(server.url(), ": the TLS handshake took too long"));
  }
  std::string_view code = error.code() == "tls.not-trusted" ? "backend.not-trusted" : "backend.tls";
  return fail(Kind::Unavailable, code, cat(server.url(), ": ", error.text()));
}

net::Task<std::unique_ptr<net::Stream>> seal(Server& server, std::unique_ptr<net::Socket> socket, net::Instant until) {
  socket->read_deadline(until);
  socket->write_deadline(until);
  auto session = tls::Session::connect(std::move(socket), *server.tls(), server.tls_name());
  Result<> shaken = co_await outcome(session->handshake());
  if (!shaken) co_return tls_failure(server, shaken.error());
  bool is_new = server.showed_certificate(session->peer_certificate_ends(), session->peer_certificate_digest());
  if (is_new) server.showed_chain(session->peer_chain());
  co_return std::unique_ptr<net::Stream>(std::move(session));
}

}  // namespace

net::Task<std::unique_ptr<net::Stream>> dial(net::Loop& loop, Server& server, net::Duration limit) {
  net::Instant until = loop.now() + limit;
  Server::Addresses addresses = server.addresses();
  std::size_t count = addresses->size();
  std::size_t first = server.good_address();
  std::optional<Error> failure;
  // The one that worked last comes first, and each gets its share of the time: a dead one does not use it up.
  for (std::size_t i = 0; i < count && loop.now() < until; ++i) {
    std::size_t number = (first + i) % count;
    net::Duration share = (until - loop.now()) / std::int64_t(count - i);
    Result<std::unique_ptr<net::Socket>> socket = co_await outcome(net::connect(loop, (*addresses)[number], share));
    if (!socket) {
      failure.emplace(std::move(socket).error());
      continue;
    }
    if (number != first) server.good_address(number);
    if (!server.tls()) co_return std::unique_ptr<net::Stream>(*std::move(socket));
    std::unique_ptr<net::Stream> stream = co_await seal(server, *std::move(socket), until);
    co_return stream;
  }
  if (failure) co_return connect_failure(*failure);
  co_return fail(Kind::Unavailable, "backend.no-address", cat(server.url(), ": the name has no address"));
}

}  // namespace pforte::gate
