#include "gate/visit.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "gate/handling.h"
#include "gate/passed_connection.h"
#include "gate/worker.h"
#include "http/h1_server.h"
#include "http/h2_server.h"
#include "net/proxy_protocol.h"

namespace pforte::gate {

namespace {

constexpr int kMostHalfExchanges = 1000;
constexpr net::Duration kHalfExchangeTime = std::chrono::seconds(30);

http::ServerLimits limits_of(const Limits& config) {
  http::ServerLimits limits;
  limits.head = {.request_line_bytes = config.request_line,
                 .head_bytes = config.head,
                 .authorization_bytes = config.authorization,
                 .fields = config.headers};
  limits.idle = config.idle;
  limits.head_time = config.head_time;
  limits.streams = config.streams;
  return limits;
}

bool is_in(const std::vector<net::Network>& networks, const net::Address& address) {
  return std::ranges::any_of(networks, [&](const net::Network& network) { return network.contains(address); });
}

// The names of the sites, and beside them what CAs look for.
class NamesWithProofs final : public tls::ServerNames {
 public:
  NamesWithProofs(std::shared_ptr<const tls::ServerNames> names, std::shared_ptr<const acme::Proofs> proofs)
      : names_(std::move(names)), proofs_(std::move(proofs)) {}

  const tls::ServerContext* find(std::string_view name) const override { return names_->find(name); }
  const tls::ServerContext* unnamed() const override { return names_->unnamed(); }
  const tls::ServerContext& greeting() const override { return names_->greeting(); }
  const tls::ServerContext* find_proof(std::string_view name) const override {
    auto found = proofs_->contexts.find(name);
    return found == proofs_->contexts.end() ? nullptr : found->second.get();
  }

 private:
  std::shared_ptr<const tls::ServerNames> names_;
  std::shared_ptr<const acme::Proofs> proofs_;
};

std::shared_ptr<const tls::ServerNames> names_with_proofs(const Worker& worker) {
  if (!worker.proofs() || worker.proofs()->contexts.empty()) return worker.names();
  return std::make_shared<NamesWithProofs>(worker.names(), worker.proofs());
}

// The label under which a failed handshake is counted. OpenSSL's reasons are its own words.
std::string_view label_of(const Error& error, const tls::Session& session) {
  if (error.kind() == Kind::Timeout) return "timeout";
  if (session.alert() >= 0) return "client_alert";
  if (error.kind() == Kind::Closed) return "closed";
  if (!session.context() && !session.server_name().empty()) return "unknown_name";
  if (error.text() == "no shared cipher") return "no_shared_cipher";
  if (error.text() == "unsupported protocol") return "no_shared_version";
  if (error.text() == "http request" || error.text() == "wrong version number") return "not_tls";
  return "protocol";
}

}  // namespace

Visit::Visit(Worker& worker, std::shared_ptr<const ListenerConfig> listener, net::Accepted accepted)
    : worker_(worker),
      listener_(std::move(listener)),
      note_(worker.contacts(), worker.next_contact(), listener_->address, accepted.peer),
      plan_(worker.plan()),
      limits_(limits_of(plan_->config.limits)),
      stream_(std::make_unique<net::Socket>(worker.loop(), accepted.descriptor, net::Work::Begins)),
      socket_(static_cast<net::Socket&>(*stream_)) {
  visitor_.peer = accepted.peer;
  visitor_.tls = listener_->tls;
}

Visit::~Visit() {
  take_half();
}

net::Task<> Visit::run() {
  Result<> ended = co_await outcome(serve_client());
  note_.ended(ended, session_);
  co_return ended;
}

net::Task<> Visit::serve_client() {
  net::Instant until = worker_.loop().now() + plan_->config.limits.handshake_time;
  stream_->read_deadline(until);
  stream_->write_deadline(until);
  if (is_in(listener_->proxy_protocol_from, visitor_.peer)) {
    Result<> read = co_await outcome(read_proxy_header());
    if (!read) {
      note_.proxy_header_failed(read.error());
      co_return read;
    }
  }
  if (worker_.recording()) [[unlikely]]
    begin_capture();
  visitor_.peer_text = visitor_.peer.ip_text();
  visitor_.believed = is_in(listener_->forwarded_from, visitor_.peer);
  const HostMap<Passthrough>* hosts = listener_->tls ? plan_->passed_hosts_at(listener_->address) : nullptr;
  if (hosts) {
    co_await pass_or_shake_hands(*hosts, until);
  } else if (listener_->tls) {
    co_await shake_hands({});
  }
  if (ending_) co_return {};
  server_ = make_server();
  Result<> ended = co_await outcome(server_->run());
  if (!ended && ended.error().code() == "http2.abuse") tell_abuse(ended.error());
  co_return ended;
}

// Behind the PROXY header: the client is who it says.
void Visit::begin_capture() {
  captured_ = CapturedVisit::begin(worker_.recording(), plan_, {.gate = socket_.local_address(), .peer = visitor_.peer},
                                   stream_);
  // Where nothing more is to be learnt, nothing needs to be held back.
  if (captured_ && !visitor_.tls) captured_->asked_for({}, "in the clear");
}

void Visit::end_capture() {
  if (captured_) captured_->end();
}

std::unique_ptr<http::Server> Visit::make_server() {
  net::Loop& loop = worker_.loop();
  if (session_) tls_version_ = session_->version();
  if (!session_ || session_->protocol() != "h2")
    return std::make_unique<http::H1Server>(loop, *stream_, *this, limits_);
  protocol_ = "HTTP/2";
  worker_.metrics().http2_connections.add();
  return std::make_unique<http::H2Server>(loop, *stream_, *this, limits_);
}

void Visit::tell_abuse(const Error& error) const {
  worker_.metrics().http2_abuses.add();
  log::warning("http2.abuse", {{"client", visitor_.peer.to_text()}, {"reason", error.text()}});
}

void Visit::end_soon() {
  ending_ = true;
  if (server_) server_->end_soon();
}

bool Visit::keep_half(std::unique_ptr<kerberos::HalfExchange> half) {
  take_half();
  if (!half || worker_.half_exchanges >= kMostHalfExchanges) return false;
  ++worker_.half_exchanges;
  half_ = std::move(half);
  half_until_ = worker_.loop().now() + kHalfExchangeTime;
  return true;
}

void Visit::forget_old_half() {
  if (half_ && worker_.loop().now() > half_until_) take_half();
}

std::unique_ptr<kerberos::HalfExchange> Visit::take_half() {
  if (!half_) return nullptr;
  --worker_.half_exchanges;
  if (worker_.loop().now() > half_until_) half_.reset();
  return std::move(half_);
}

PrivateConnection& Visit::own_connection() {
  if (!own_connection_)
    own_connection_ = std::make_unique<PrivateConnection>(worker_.connections(), [this] { end_soon(); });
  return *own_connection_;
}

// The header is looked at before it is taken, since what follows it is the client's.
net::Task<> Visit::read_proxy_header() {
  std::array<char, net::kMaxProxyHeaderBytes> bytes;
  for (;;) {
    net::Io io = socket_.try_peek(bytes);
    if (io.status == net::Io::Status::Failed) co_return std::unexpected(socket_.failure());
    if (io.status == net::Io::Status::Finished) co_return fail(Kind::Closed, "proxy-protocol.closed", "closed early");
    auto header = net::read_proxy_header(std::as_bytes(std::span(bytes.data(), io.bytes)));
    if (!header) {
      log::warning("proxy-protocol.refused", {{"peer", visitor_.peer.to_text()}, {"reason", header.error().text()}});
      co_return std::unexpected(std::move(header).error());
    }
    if (*header) {
      socket_.try_read(std::span(bytes.data(), (*header)->size));
      if ((*header)->source) {
        visitor_.peer = *(*header)->source;
        note_.client_is(visitor_.peer);
      }
      co_return {};
    }
    co_await socket_.readable();
  }
}

// Where the client's host decides whether TLS ends here.
net::Task<> Visit::pass_or_shake_hands(const HostMap<Passthrough>& hosts, net::Instant until) {
  tls::Opening opening = co_await tls::read_opening(*stream_);
  if (ending_) co_return {};
  if (const Passthrough* passthrough = opening.host.empty() ? nullptr : hosts.find(opening.host)) {
    ending_ = true;  // nothing else is served
    co_await pass(*passthrough, std::move(opening));
    co_return {};
  }
  // One that has passed is set once more, so that the handshake tells of it.
  stream_->read_deadline(until);
  co_await shake_hands(std::move(opening));
  co_return {};
}

net::Task<> Visit::pass(const Passthrough& passthrough, tls::Opening opening) {
  note_.passes(opening, passthrough.name());
  if (captured_) captured_->asked_for(opening.host, "passed through");
  PassedConnection passed(worker_, passthrough, {*stream_, socket_}, visitor_, std::move(opening));
  Result<> ended = co_await outcome(passed.run());
  note_.passed(ended);
  co_return ended;
}

net::Task<> Visit::shake_hands(tls::Opening opening) {
  auto session = tls::Session::accept(std::move(stream_), names_with_proofs(worker_), worker_.keys());
  if (opening.size > 0) session->begin_with(std::move(opening.bytes), opening.size);
  session_ = session.get();
  stream_ = std::move(session);
  if (!note_.off()) session_->keep_hello();
  if (captured_) session_->tell_secrets_to(*captured_);
  Result<> shaken = co_await outcome(session_->handshake());
  if (captured_) captured_->shaken(*session_);
  if (shaken) {
    Metrics& metrics = worker_.metrics();
    (session_->resumed() ? metrics.handshakes_resumed : metrics.handshakes_full).add();
    // A CA has seen what it wanted: nothing is said over this connection (RFC 8737, 3).
    note_.shaken(*session_);
    if (session_->protocol() == tls::kProofProtocol) {
      note_.proof_shown();
      session_->finish();
      ending_ = true;
    }
    co_return {};
  }
  tell_failed_handshake(shaken.error());
  co_return std::unexpected(std::move(shaken).error());
}

void Visit::tell_failed_handshake(const Error& error) {
  std::string_view label = label_of(error, *session_);
  worker_.metrics().count_handshake_failure(label);
  note_.handshake_failed(error, label, *session_);
  // Who connects and says nothing looks whether the port is open: a balancer does it every second.
  if (label == "closed" && !session_->heard()) return;
  std::string_view reason = error.text();
  if (label == "unknown_name") reason = "no site has this name";
  if (label == "unknown_name" && plan_->find_site(session_->server_name()))
    reason = "the inventory has no certificate for this name";
  std::string alert = session_->alert() < 0 ? "-" : std::to_string(session_->alert());
  log::warning("tls.handshake-failed", {{"client", visitor_.peer.to_text()},
                                        {"sni", session_->server_name().empty() ? "-" : session_->server_name()},
                                        {"reason", reason},
                                        {"kind", label},
                                        {"alert", alert}});
}

net::Task<> Visit::serve(http::Exchange& exchange) {
  if (session_) session_->forget_hello();
  if (captured_) [[unlikely]]
    captured_->asked_for(exchange.request().authority, "by its first request");
  Handling handling(*this, exchange);
  co_await handling.run();
  co_return {};
}

net::Task<> Visit::refuse(http::Exchange& exchange, http::Refusal refusal) {
  if (session_) session_->forget_hello();
  Handling handling(*this, exchange);
  co_await handling.refuse(refusal);
  co_return {};
}

}  // namespace pforte::gate
