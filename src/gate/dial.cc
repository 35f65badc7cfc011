#include "gate/dial.h"

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

net::Task<std::unique_ptr<net::Stream>> seal(Server& server, std::unique_ptr<net::Socket> socket) {
  auto session = tls::Session::connect(std::move(socket), *server.tls(), server.tls_name());
  Result<> shaken = co_await outcome(session->handshake());
  if (!shaken) co_return tls_failure(server, shaken.error());
  session->deadline(net::kNever);
  server.showed_certificate(session->peer_certificate_ends());
  co_return std::unique_ptr<net::Stream>(std::move(session));
}

}  // namespace

net::Task<std::unique_ptr<net::Stream>> dial(net::Loop& loop, Server& server, net::Duration limit) {
  net::Instant until = loop.now() + limit;
  Server::Addresses addresses = server.addresses();
  if (addresses->empty()) {
    co_return fail(Kind::Unavailable, "backend.no-address", cat(server.url(), ": the name has no address"));
  }
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    Result<std::unique_ptr<net::Socket>> socket =
        co_await outcome(net::connect(loop, (*addresses)[i], until - loop.now()));
    bool last = i + 1 == addresses->size() || loop.now() >= until;
    if (!socket && !last) continue;
    if (!socket) co_return connect_failure(socket.error());
    if (!server.tls()) co_return std::unique_ptr<net::Stream>(*std::move(socket));
    (*socket)->deadline(until);
    std::unique_ptr<net::Stream> stream = co_await seal(server, *std::move(socket));
    co_return stream;
  }
  co_return fail(Kind::Internal, "backend.connect", "no address was tried");
}

}  // namespace pforte::gate
