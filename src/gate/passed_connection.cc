#include "gate/passed_connection.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "conf/quantity.h"
#include "gate/dial.h"
#include "gate/passthrough_circle.h"
#include "net/proxy_protocol.h"

namespace pforte::gate {

namespace {

// To who may not: there is nothing of that name here, as for any other name that nobody has.
constexpr char kUnrecognizedName = 112;
// To who may: name and client are right. An alert tells people more than a connection that closes, and no client takes
// it for a reason to try an older version of TLS.
constexpr char kInternalError = 80;

// A fatal alert in the clear, as a server sends it before its hello (RFC 8446, 5.1 and 6).
std::array<char, 7> alert_record(char description) {
  constexpr char kAlert = 21;
  constexpr char kFatal = 2;
  return {kAlert, 3, 3, 0, 2, kFatal, description};
}

}  // namespace

PassedConnection::PassedConnection(Worker& worker, const Passthrough& passthrough, Client client,
                                   const Visitor& visitor, tls::Opening opening)
    : worker_(worker),
      passthrough_(passthrough),
      client_(client),
      visitor_(visitor),
      opening_(std::move(opening)),
      reference_(worker.references().make()) {
  record_.reference = {reference_.data(), reference_.size()};
  record_.time = std::chrono::system_clock::now();
  record_.begin = worker_.loop().now();
  record_.client = visitor.peer;
  record_.server_name = record_.host = opening_.host;
  record_.protocol = "passthrough";
  record_.backend = passthrough_.name();
  worker_.metrics().passthroughs.add();
  worker_.metrics().passthrough_connections.add();
}

PassedConnection::~PassedConnection() {
  worker_.metrics().passthroughs.subtract();
  record_.end = worker_.loop().now();
  worker_.record_passed(record_);
}

net::Task<> PassedConnection::run() {
  if (!passthrough_.admits(visitor_.peer)) {
    Error error(Kind::Denied, "passthrough.not-allowed", "the client's address is not in `from`");
    co_return std::unexpected(refuse(Metrics::PassthroughFailure::NotAllowed, std::move(error)));
  }
  Passthrough::Slot slot(passthrough_);
  if (!slot.within_limit()) {
    Error error(Kind::Limit, "passthrough.full", "more than `connections` at once");
    co_return std::unexpected(refuse(Metrics::PassthroughFailure::Full, std::move(error)));
  }
  Result<std::unique_ptr<net::Socket>> server = co_await outcome(connect());
  if (!server) co_return std::unexpected(refuse(Metrics::PassthroughFailure::NoServer, std::move(server).error()));
  record_.decision = "allowed";
  record_.connected = worker_.loop().now();
  Result<> ended = co_await outcome(begin(**server));
  net::Duration idle = passthrough_.config().idle;
  if (ended) ended = co_await outcome(relay(worker_.loop(), client_.stream, **server, idle, *this));
  if (ended) co_return {};
  record_.aborted = true;
  if (ended.error().code() == "tunnel.idle") record_.decision = "tunnel.idle";
  co_return ended;
}

// Each server is tried once.
net::Task<std::unique_ptr<net::Socket>> PassedConnection::connect() {
  std::optional<Error> failure;
  const std::vector<Server*> servers = passthrough_.in_turn(worker_.loop().now());
  for (Server* server : servers) {
    ++record_.attempts;
    record_.server = server->url();
    Result<std::unique_ptr<net::Socket>> socket = co_await outcome(connect_to(*server));
    if (socket) {
      server->succeeded();
      co_return *std::move(socket);
    }
    failure.emplace(std::move(socket).error());
    if (failure->code() == "gate.no-descriptor") break;  // for which no server is to blame
    blame(*server, *failure);
  }
  co_return std::unexpected(*std::move(failure));
}

net::Task<std::unique_ptr<net::Socket>> PassedConnection::connect_to(Server& server) {
  std::unique_ptr<net::Socket> socket = co_await reach(worker_.loop(), server, passthrough_.config().connect_time);
  if (leads_back(*socket, client_.socket, worker_.plan()->config.listeners))
    co_return fail(Kind::Unavailable, "passthrough.circle", cat(server.url(), " is this gate itself"));
  co_return std::move(socket);
}

// What has been read already, behind the header that tells who the client is.
net::Task<> PassedConnection::begin(net::Stream& server) {
  std::string header;
  if (passthrough_.config().proxy_header)
    header = net::write_proxy_header(visitor_.peer, client_.socket.local_address(), opening_.host);
  std::string first = cat(header, opening_.view());
  server.write_deadline(worker_.loop().now() + passthrough_.config().connect_time);
  co_await net::write_all(server, first);
  to_server(opening_.size);
  opening_.bytes.release();
  server.write_deadline(net::kNever);
  client_.stream.read_deadline(net::kNever);
  client_.stream.write_deadline(net::kNever);
  co_return {};
}

void PassedConnection::blame(Server& server, const Error& error) {
  if (!server.failed(worker_.loop().now(), error.text())) return;
  worker_.metrics().ejections.add();
  log::warning(
      "backend.ejected",
      {{"server", server.url()}, {"for", conf::duration_text(server.story().ejection)}, {"reason", error.text()}});
}

Error PassedConnection::refuse(Metrics::PassthroughFailure failure, Error error) {
  std::array<char, 7> alert =
      alert_record(failure == Metrics::PassthroughFailure::NotAllowed ? kUnrecognizedName : kInternalError);
  std::string_view bytes(alert.data(), alert.size());
  client_.stream.try_write(std::span(&bytes, 1));
  client_.stream.finish();
  record_.decision = error.code();
  worker_.metrics().count_passthrough_failure(failure);
  log::warning("passthrough.failed", {{"reference", record_.reference},
                                      {"client", visitor_.peer.to_text()},
                                      {"sni", opening_.host},
                                      {"server", record_.server.empty() ? "-" : record_.server},
                                      {"code", error.code()},
                                      {"reason", error.text()}});
  return error;
}

void PassedConnection::to_server(std::size_t bytes) {
  record_.bytes_in += bytes;
  worker_.metrics().passthrough_bytes_in.add(std::int64_t(bytes));
}

void PassedConnection::to_client(std::size_t bytes) {
  if (record_.first_byte == net::kNever) record_.first_byte = worker_.loop().now();
  record_.bytes_out += bytes;
  worker_.metrics().passthrough_bytes_out.add(std::int64_t(bytes));
}

}  // namespace pforte::gate
