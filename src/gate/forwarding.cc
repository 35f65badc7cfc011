#include "gate/forwarding.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/quantity.h"
#include "crypto/digest.h"
#include "gate/answer.h"
#include "gate/backend_failure.h"
#include "gate/stored_answer.h"
#include "gate/tunnel.h"
#include "gate/worker.h"
#include "net/together.h"

namespace pforte::gate {

using http::Framing;
using http::More;

namespace {

// How often in a row a request may find that its connection has just gone.
constexpr int kMostStale = 5;

// Interim answers to one request. Honest servers send one or two (100, 103), and some a 102 now and then.
constexpr int kMostInterim = 16;

std::unexpected<Error> copy_of(const Error& error) {
  return std::unexpected(clone(error));
}

Error body_too_large() {
  return Error(Kind::Limit, "http.body-too-large", "the request's body is larger than allowed here");
}

ConnectionSignIn sign_in_of(const Forwarding::Order& order) {
  return order.own ? ConnectionSignIn::Passes : ConnectionSignIn::Withheld;
}

// Our cookies are for TLS alone; on this machine browsers take them also without.
bool may_carry_our_cookies(const http::RequestHead& request, const Visitor& visitor) {
  if (scheme_of(request, visitor) == "https") return true;
  return !visitor.believed && visitor.peer.is_loopback();
}

// RFC 6455, 4.2.2: how a server says that it has understood. Over HTTP/2 nobody says it (RFC 8441, 5).
std::string websocket_accept(std::string_view key) {
  crypto::Sha1 digest = crypto::sha1({key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"});
  return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

Privacy Forwarding::Order::privacy() const {
  if (own) return Privacy::Agent;
  if (terms.withholds_identity()) return Privacy::Withheld;
  return session ? Privacy::Agent : Privacy::Anyone;
}

Forwarding::Forwarding(Worker& worker, http::Exchange& exchange, Record& record)
    : worker_(worker), exchange_(exchange), request_(exchange.request()), record_(record) {}

// The request as the server gets it.
void Forwarding::prepare(const Order& order) {
  if (outgoing_) return;
  const BackendConfig& config = order.terms.backend->config;
  outgoing_.take();
  rewrite_request(request(),
                  {.visitor = order.visitor,
                   .path = order.path,
                   .methods = order.terms.by_method ? Methods::Judged : Methods::Free,
                   .own_names = &config.identity.own_names,
                   .own_authorization = order.own_authorization,
                   .connection_sign_in = sign_in_of(order),
                   .withholds_agent = order.terms.withholds_identity()},
                  *outgoing_);
  http::Fields& fields = outgoing_->head.fields;
  fields.insert(fields.end(), order.identity.begin(), order.identity.end());
  if (order.cache) order.cache->add_conditions(fields);
  const http::Field* authorization = outgoing_->head.find(http::FieldName::Authorization);
  sent_ticket_ = authorization && is_ticket(*authorization);
}

net::Task<> Forwarding::run(const Order& order) {
  const BackendConfig& config = order.terms.backend->config;
  record_.backend = config.name.value;
  exchange_.pace({.longest_wait = order.limits->body_time, .bytes_per_second = order.limits->body_rate});
  if (too_large(order.terms)) {
    client_failure_.emplace(body_too_large());
    co_return copy_of(*client_failure_);
  }
  bool own_cookie = config.sticky && config.sticky->by == StickyConfig::By::Cookie;
  if (config.sticky && (!own_cookie || may_carry_our_cookies(request(), order.visitor)))
    stickiness_.emplace(*order.terms.backend, request(), sealing_keys(), record_.time);
  std::optional<Error> failure;
  for (;;) {
    std::expected<Place, Balancer::Lack> place = worker_.balancer().choose(*order.terms.backend, wish(order));
    if (!place && place.error() == Balancer::Lack::AllBusy) {
      Result<Place> waited = co_await outcome(wait(order));
      if (waited) {
        place.emplace(*std::move(waited));
      } else if (!failure) {  // of a further attempt it is told what the first one failed of
        failure.emplace(std::move(waited).error());
      }
    }
    if (!place) break;
    const std::shared_ptr<Server>& server = place->server();
    if (record_.attempts++ > 0) worker_.metrics().retries.add();
    failure = co_await attempt(server, order, false);
    // A fresh connection is stale no more; one that others share may be, when many turn to it at once.
    for (int again = 0; again < kMostStale && failure && went_stale(*failure); ++again)
      failure = co_await attempt(server, order, true);
    // The server is asked over HTTP/1.1 from now on.
    if (failure && wants_http1(*failure) && may_repeat(*failure)) failure = co_await attempt(server, order, false);
    if (!failure) co_return {};
    if (exchange_.begun() || client_failure_ || !may_repeat(*failure) || record_.attempts > config.retries) break;
    tried_.push_back(server.get());
  }
  if (!failure) failure.emplace(Kind::Unavailable, "backend.none", "no server of the backend is available");
  co_return copy_of(*failure);
}

std::chrono::seconds Forwarding::retry_after(const Order& order, const Error& failure) {
  if (!is_of_queue(failure)) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(order.terms.backend->config.balance.queue_time);
}

// The server left the connection just when it was used.
bool Forwarding::went_stale(const Error& failure) const {
  return reused_ && !answered_ && failure.kind() == Kind::Closed && may_repeat(failure);
}

int Forwarding::status(const Error& failure) const {
  if (exchange_.begun() || exchange_.broken()) return 0;
  if (!client_failure_) return status_for_server(failure);
  return failure.kind() == Kind::Closed ? 0 : status_for_client(failure);
}

bool Forwarding::too_large(const Terms& terms) const {
  return terms.body > 0 && request().body.kind == Framing::Kind::Length && request().body.length > terms.body;
}

const crypto::SealingKeys* Forwarding::sealing_keys() const {
  const session::Keys* keys = worker_.session_keys();
  return keys ? keys->sealing.get() : nullptr;
}

// Whoever is signed in at a server stays there, and who is kept at one goes there first.
Balancer::Wish Forwarding::wish(const Order& order) {
  const Server* own = order.own ? order.own->server_of(*order.terms.backend) : nullptr;
  bool firm = own != nullptr;
  if (!own && stickiness_ && tried_.empty()) own = stickiness_->server(worker_.loop().now());
  return {.request = request(), .client = record_.client, .tried = tried_, .only = own, .firm = firm};
}

net::Task<Place> Forwarding::wait(const Order& order) {
  record_.queued = worker_.loop().now();
  Result<Place> place = co_await outcome(worker_.balancer().wait(*order.terms.backend, wish(order), exchange_));
  record_.placed = worker_.loop().now();
  co_return place;
}

net::Task<Connections::Lease> Forwarding::connect(std::shared_ptr<Server> server, const Order& order, bool fresh) {
  net::Duration limit = order.terms.backend->config.connect_time;
  if (order.own) return order.own->take(std::move(server), limit, fresh);
  Purpose purpose = outgoing_->head.wants_upgrade ? Purpose::Tunnel : Purpose::Answer;
  return worker_.connections().take(std::move(server), limit, fresh, purpose);
}

net::Task<std::optional<Error>> Forwarding::attempt(const std::shared_ptr<Server>& server, const Order& order,
                                                    bool fresh) {
  prepare(order);
  record_.server = server->url();
  asked_ = server.get();
  reused_ = false;
  answered_ = false;
  Result<Connections::Lease> lease = co_await outcome(connect(server, order, fresh));
  if (!lease) {
    blame(*server, lease.error());
    co_return std::optional<Error>(std::move(lease).error());
  }
  record_.connected = worker_.loop().now();
  reused_ = lease->reused();
  // Nobody waited to be told while we connected. The connection is as good as it was.
  if (exchange_.broken()) {
    give_back(*std::move(lease), order);
    co_return Error(Kind::Closed, "gate.client-gone", "the client went before it was served");
  }
  http::ClientExchange& client = lease->client();
  client.patience(order.terms.backend->config.answer_time);
  Result<> spoken = co_await outcome(converse(client, order));
  answered_ = client.answered();
  exchange_.tell_when_broken(nullptr);
  if (spoken) {
    server->succeeded();
    give_back(*std::move(lease), order);
    co_return std::nullopt;
  }
  // Whoever was signed in is so no more.
  if (order.own && reused_) exchange_.close_afterwards();
  if (client_failure_) co_return clone(*client_failure_);
  bool stale = reused_ && !answered_ && spoken.error().kind() == Kind::Closed;
  bool ours = spoken.error().code() == "session.ended";
  if (!stale && !ours && !exchange_.broken()) blame(*server, spoken.error());
  co_return std::optional<Error>(backend_failure(spoken.error()));
}

void Forwarding::give_back(Connections::Lease lease, const Order& order) {
  order.own ? order.own->keep(std::move(lease)) : std::move(lease).give_back();
}

net::Task<> Forwarding::converse(http::ClientExchange& server, const Order& order) {
  server.begin(outgoing_->head);
  exchange_.tell_when_broken(&server.arrival());
  std::optional<net::Beside> upload;
  if (request().body.kind == Framing::Kind::None) {
    co_await server.write({}, More::Ends);
    // Of a thousand requests that wait for their answers none is in the way of the others.
    if (!outgoing_->head.wants_upgrade) outgoing_.give_back();
  } else {
    upload.emplace(send_body(server, order.terms), [this, &server] {
      if (client_failure_) server.arrival().fail(clone(*client_failure_));
    });
    if (client_failure_) co_return copy_of(*client_failure_);
  }
  for (int interim = 0;; ++interim) {
    const http::ResponseHead* head = co_await server.read_head();
    if (record_.first_byte == net::kNever) record_.first_byte = worker_.loop().now();
    if (head->status == 101) {
      co_await switch_protocols(server, *head, order);
      co_return {};
    }
    if (!head->is_interim()) {
      co_await relay_answer(server, *head, order);
      co_return {};
    }
    if (interim == kMostInterim)
      co_return fail(Kind::Invalid, "backend.interim-answers",
                     cat("the server sent more than ", kMostInterim, " interim answers"));
    co_await inform(*head, sign_in_of(order));
  }
}

net::Task<> Forwarding::inform(const http::ResponseHead& head, ConnectionSignIn sign_in) {
  net::Spare<http::ResponseHead> out;
  out.take();
  rewrite_response(head, request().method, sign_in, *out);
  co_await exchange_.inform(*out);
  co_return {};
}

net::Task<> Forwarding::send_body(http::ClientExchange& server, const Terms& terms) {
  for (bool head_left = false;; head_left = true) {
    std::optional<http::Piece> piece = exchange_.try_body();
    if (!piece) {
      // The head must not wait for a body that comes late, or only when the server has asked for it.
      if (!head_left) co_await server.write({}, More::Follows);
      Result<http::Piece> read = co_await outcome(exchange_.read_body());
      if (!read) {
        client_failure_.emplace(std::move(read).error());
        co_return copy_of(*client_failure_);
      }
      piece = *read;
    }
    body_touched_ = true;
    record_.bytes_in += piece->bytes.size();
    if (terms.body > 0 && record_.bytes_in > terms.body) {
      client_failure_.emplace(body_too_large());
      co_return copy_of(*client_failure_);
    }
    http::Fields trailers;
    if (piece->last) trailers = exchange_.request_trailers();
    drop_reserved(trailers, &terms.backend->config.identity.own_names);
    Result<> written = co_await outcome(server.write(piece->bytes, piece->last ? More::Ends : More::Follows, trailers));
    if (!written) {
      // It may have answered before it stopped reading: what was not sent is not what went wrong.
      server.abandon_request();
      co_return written;
    }
    if (piece->last) co_return {};
  }
}

void Forwarding::rewrite_answer(const http::ResponseHead& head, const Order& order, http::ResponseHead& out) {
  rewrite_response(head, request().method, sign_in_of(order), out);
  if (order.cache) {
    // Before the gate adds anything: that is for this client alone.
    order.cache->note(out, head.body.kind);
    std::string_view status = order.cache->status();
    if (!status.empty()) out.fields.push_back({"Cache-Status", status, http::FieldName::Other});
  }
  std::string_view cookie = stickiness_ ? stickiness_->note(*asked_, head, sealing_keys(), record_.time) : "";
  if (!cookie.empty()) {
    forbid_sharing(out);
    out.fields.push_back({"Set-Cookie", cookie, http::FieldName::SetCookie});
  }
  add_to_answer(order.answer, out);
}

// It does not read, or has gone: no fault of the server's.
std::unexpected<Error> Forwarding::client_stopped(Error error) {
  client_failure_.emplace(std::move(error));
  return copy_of(*client_failure_);
}

net::Task<> Forwarding::relay_answer(http::ClientExchange& server, const http::ResponseHead& head, const Order& order) {
  if (order.cache && order.cache->is_confirmed(head)) {
    co_await relay_stored(server, order);
    co_return {};
  }
  net::Spare<http::ResponseHead> out;
  out.take();
  rewrite_answer(head, order, *out);
  record_.status = head.status;
  record_.aborted = true;  // until it is complete
  if (order.own && !head.keep_alive) exchange_.close_afterwards();
  Answer answer(worker_, exchange_, order.terms, record_);
  co_await net::ok(answer.begin(*out, order.privacy()));
  std::optional<BoundTunnels::Tunnel> bound;
  for (bool head_left = false;; head_left = true) {
    std::optional<http::Piece> piece = server.try_body();
    // An answer without end ends with its session, whether it is silent for long as events are, or never as a camera.
    if (order.session && !bound && (!piece || head_left))
      bound.emplace(worker_.tunnels(), *order.session, server.arrival());
    if (bound && bound->is_over()) co_return fail(Kind::Denied, "session.ended", "the session was ended");
    if (!piece) {
      // Neither the head nor what OpenSSL keeps must wait for what comes late.
      Result<> sent = head_left ? Result<>() : co_await outcome(exchange_.write({}, More::Follows));
      if (sent && answer.holds_back()) sent = co_await outcome(answer.give_out());
      if (sent) sent = co_await outcome(exchange_.flush());
      if (!sent) co_return client_stopped(std::move(sent).error());
      piece = co_await server.read_body();
    }
    if (order.cache) order.cache->take(piece->bytes);
    // Before the client has it whole: whoever asks again may ask another worker.
    if (order.cache && piece->last) order.cache->finish();
    More more = piece->last ? More::Ends : More::Follows;
    Result<> sent = co_await outcome(answer.write(piece->bytes, more, server.trailers()));
    if (!sent) co_return client_stopped(std::move(sent).error());
    if (piece->last) break;
  }
  record_.aborted = false;
  co_return {};
}

// The server has nothing new, and its answer no body.
net::Task<> Forwarding::relay_stored(http::ClientExchange& server, const Order& order) {
  for (bool last = false; !last;) last = (co_await server.read_body()).last;
  Recipient client{worker_, exchange_, record_, order.terms, order.privacy(), order.answer};
  Result<> given = co_await outcome(give_stored(client, *order.cache));
  if (!given) co_return client_stopped(std::move(given).error());
  co_return {};
}

net::Task<> Forwarding::switch_protocols(http::ClientExchange& server, const http::ResponseHead& head,
                                         const Order& order) {
  if (!outgoing_ || !outgoing_->head.wants_upgrade || !equals_ignoring_case(outgoing_->head.upgrade, head.upgrade)) {
    co_return fail(Kind::Invalid, "backend.upgrade", "the server switched to a protocol that nobody asked for");
  }
  net::Spare<http::ResponseHead> out;
  out.take();
  rewrite_answer(head, order, *out);
  record_.status = head.status;
  std::string accept;
  if (const http::Field* key = outgoing_->head.find(http::FieldName::SecWebsocketKey);
      key && !out->find(http::FieldName::SecWebsocketAccept)) {
    accept = websocket_accept(key->value);
    out->fields.push_back({"Sec-WebSocket-Accept", accept, http::FieldName::SecWebsocketAccept});
  }
  exchange_.begin(*out);
  server.become_tunnel();
  co_await exchange_.write({}, More::Follows);
  exchange_.tell_when_broken(nullptr);
  worker_.metrics().tunnels.add();
  Carried carried;
  TunnelTerms terms{.idle = order.limits->tunnel_idle, .bound = &worker_.tunnels(), .session = order.session};
  Result<> ended = co_await outcome(tunnel(worker_.loop(), exchange_, server, terms, carried));
  worker_.metrics().tunnels.subtract();
  record_.bytes_in = carried.to_server;
  record_.bytes_out = carried.to_client;
  if (!ended) record_.decision = ended.error().code();
  co_return {};
}

// Asking again does no harm when nothing was sent, or when the request is idempotent and nothing came back. A ticket
// may answer what was said on the connection that is gone; on another it would be a wrong one.
bool Forwarding::may_repeat(const Error& error) const {
  if (before_anything_was_sent(error)) return true;
  // What an HTTP/2 server says it has not looked at (RFC 9113, 8.7), whatever its method.
  if (error.code() == "backend.refused") return !body_touched_ && !exchange_.broken();
  if (reused_ && sent_ticket_) return false;
  if (answered_ || body_touched_ || error.kind() == Kind::Timeout || exchange_.broken()) return false;
  return http::is_idempotent(request().method);
}

void Forwarding::blame(Server& server, const Error& error) {
  if (error.code() == "gate.no-descriptor") return;
  if (wants_http1(error)) {
    if (server.require_http1(worker_.loop().now())) log::info("backend.http1", {{"server", server.url()}});
    return;
  }
  if (!server.failed(worker_.loop().now(), error.text())) return;
  worker_.metrics().ejections.add();
  log::warning(
      "backend.ejected",
      {{"server", server.url()}, {"for", conf::duration_text(server.story().ejection)}, {"reason", error.text()}});
}

}  // namespace pforte::gate
