#include "gate/dial.h"

#include <optional>
#include <utility>

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

std::string_view code_of(tls::CertificateFault fault) {
  switch (fault) {
    case tls::CertificateFault::None:
      return "backend.tls";
    case tls::CertificateFault::Expired:
      return "backend.certificate-expired";
    case tls::CertificateFault::OtherName:
      return "backend.certificate-name";
    case tls::CertificateFault::NotTrusted:
      return "backend.not-trusted";
  }
  std::unreachable();
}

std::unexpected<Error> tls_failure(Server& server, const tls::Session& session, const Error& error) {
  if (error.kind() == Kind::Timeout) {
    return fail(Kind::Timeout, "backend.connect-timeout", cat(server.url(), ": the TLS handshake took too long"));
  }
  tls::CertificateFault fault = session.peer_fault();
  bool is_new = fault != tls::CertificateFault::None &&
                server.showed_bad_certificate(session.peer_certificate_ends(), session.peer_certificate_digest(),
                                              net::Clock::now());
  if (is_new) server.showed_chain(session.peer_chain());
  return fail(Kind::Unavailable, code_of(fault), cat(server.url(), ": ", error.text()));
}

tls::Offer offer_to(const Server& server, Speech speech) {
  if (server.protocol() == Protocol::Http1) return tls::Offer::Nothing;
  if (speech == Speech::Http1) return tls::Offer::Http1;
  return server.protocol() == Protocol::Auto ? tls::Offer::Http2AndHttp1 : tls::Offer::Http2;
}

// RFC 7301, 3.2: no_application_protocol.
constexpr int kNothingInCommon = 120;

std::unexpected<Error> speaks_no_http2(const Server& server) {
  return fail(
      Kind::Unavailable, "backend.no-http2",
      cat(server.url(), ": the server does not choose HTTP/2 (ALPN h2); set protocol = \"auto\" or \"http/1.1\""));
}

net::Task<Line> seal(Server& server, std::unique_ptr<net::Socket> socket, net::Instant until, Speech speech) {
  socket->read_deadline(until);
  socket->write_deadline(until);
  tls::Offer offer = offer_to(server, speech);
  auto session = tls::Session::connect(std::move(socket), *server.tls(), server.tls_name(), offer);
  Result<> shaken = co_await outcome(session->handshake());
  bool http2 = shaken && session->protocol() == "h2";
  bool refused = !shaken && session->alert() == kNothingInCommon;
  if (offer == tls::Offer::Http2 && (shaken ? !http2 : refused)) co_return speaks_no_http2(server);
  if (!shaken) co_return tls_failure(server, *session, shaken.error());
  bool is_new = server.showed_certificate(session->peer_certificate_ends(), session->peer_certificate_digest());
  if (is_new) server.showed_chain(session->peer_chain());
  co_return Line{.stream = std::move(session), .http2 = http2};
}

}  // namespace

Error not_greeted(const Server& server, const Error& ended) {
  bool late = ended.kind() == Kind::Timeout;
  // Without ALPN nobody has promised HTTP/2: a server that knows none closes before it has read all of our greeting,
  // and its answer may be lost in the reset.
  bool cut = ended.kind() == Kind::Closed && server.protocol() == Protocol::Http2Clear;
  bool known = late || cut || ended.code() == "backend.no-http2";
  std::string why = late ? "the server says nothing in HTTP/2" : ended.text();
  if (cut) why = cat("the server drops the connection where HTTP/2 begins (", ended.text(), ")");
  return {Kind::Unavailable, known ? "backend.no-http2" : "backend.connect", cat(server.url(), ": ", why)};
}

net::Task<Line> dial(net::Loop& loop, Server& server, net::Duration limit, Speech speech) {
  net::Instant until = loop.now() + limit;
  std::unique_ptr<net::Socket> socket = co_await reach(loop, server, limit);
  bool clear2 = server.protocol() == Protocol::Http2Clear;
  if (!server.tls()) co_return Line{.stream = std::move(socket), .http2 = clear2};
  Line line = co_await seal(server, std::move(socket), until, speech);
  co_return line;
}

net::Task<std::unique_ptr<net::Socket>> reach(net::Loop& loop, Server& server, net::Duration limit) {
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
    co_return *std::move(socket);
  }
  if (failure) co_return connect_failure(*failure);
  co_return fail(Kind::Unavailable, "backend.no-address", cat(server.url(), ": the name has no address"));
}

}  // namespace pforte::gate
