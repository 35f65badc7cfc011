#include "gate/handling.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "gate/tunnel.h"
#include "gate/worker.h"
#include "http/forwarded.h"
#include "net/together.h"

namespace pforte::gate {

using http::FieldName;
using http::Framing;
using http::More;

namespace {

constexpr std::string_view kOwnPrefix = "/.pforte";

bool is_own(std::string_view path) {
  return path.starts_with(kOwnPrefix) && (path.size() == kOwnPrefix.size() || path[kOwnPrefix.size()] == '/');
}

bool is_trusted_by(const std::vector<net::Network>& networks, std::string_view text) {
  Result<net::Address> address = net::parse_ip(text);
  return address && std::ranges::any_of(networks, [&](const net::Network& one) { return one.contains(*address); });
}

Error clone(const Error& error) {
  return Error(error.kind(), error.code(), error.text());
}

std::unexpected<Error> copy_of(const Error& error) {
  return std::unexpected(clone(error));
}

// What a client is told when its own request came to grief.
int status_for_client(const Error& error) {
  if (error.kind() == Kind::Limit) return 413;
  return error.kind() == Kind::Timeout ? 408 : 400;
}

// The same when it is the server's doing.
int status_for_server(const Error& error) {
  if (error.kind() == Kind::Timeout) return 504;
  return error.code() == "gate.no-descriptor" || error.code() == "backend.none" ? 503 : 502;
}

// What befell a connection, told as the backend's doing.
Error backend_failure(const Error& error) {
  if (error.kind() == Kind::Timeout)
    return Error(Kind::Timeout, "backend.timeout", "the server did not answer in time");
  bool general = error.code().starts_with("net.") || error.code().starts_with("tls.");
  return general ? Error(error.kind(), "backend.broken", error.text()) : clone(error);
}

bool before_anything_was_sent(const Error& error) {
  return error.code().starts_with("backend.connect") || error.code() == "backend.no-address" ||
         error.code() == "backend.not-trusted" || error.code() == "backend.tls";
}

}  // namespace

Handling::Handling(Visit& visit, http::Exchange& exchange)
    : visit_(visit),
      worker_(visit.worker()),
      exchange_(exchange),
      plan_(worker_.plan()),
      reference_(worker_.references().make()) {
  record_.reference = {reference_.data(), reference_.size()};
  record_.time = std::chrono::system_clock::now();
  record_.begin = worker_.loop().now();
  record_.client = visit.visitor().peer;
  if (const tls::Session* session = visit.session()) {
    record_.server_name = session->server_name();
    record_.tls_version = session->version();
  }
}

Handling::~Handling() {
  record_.end = worker_.loop().now();
  worker_.record(site_index_, record_);
}

net::Task<> Handling::run() {
  record_.host = request().authority;
  record_.method = request().method_text;
  record_.path = request().path;
  if (const http::Field* agent = request().find(FieldName::UserAgent)) record_.user_agent = agent->value;
  if (worker_.draining()) exchange_.close_afterwards();
  know_client();
  Route route = this->route();
  if (route.page) {
    co_await answer(*std::move(route.page));
  } else {
    co_await forward(route);
  }
  co_return {};
}

net::Task<> Handling::refuse(http::Refusal refusal) {
  exchange_.close_afterwards();
  co_await answer(error(refusal.status, refusal.code));
  co_return {};
}

// Behind listed proxies the client is whom they name.
void Handling::know_client() {
  if (!visit_.visitor().believed) return;
  auto trusted = [this](std::string_view text) { return is_trusted_by(visit_.listener().forwarded_from, text); };
  auto named = http::client_by_x_forwarded_for(request().fields, trusted);
  if (!named) return;
  Result<net::Address> address = net::parse_ip(*named);
  if (address) record_.client = *address;
}

Handling::Route Handling::route() {
  Route route;
  std::string_view path = request().path;
  if (path == "/.pforte/health") {
    record_.decision = "gate.health";
    route.page = http::text_page(200, "ok\n");
    return route;
  }
  const Site* site = plan_->find_site(request().authority);
  if (site) {
    site_index_ = site->index;
    record_.site = site->name;
  }
  if (visit_.listener().redirect_to_https) return redirect_to_https(site);
  if (!site || is_own(path) || needs_other_connection(*site)) return misdirected_or_nothing(site);
  if (std::optional<std::string> url = canonical_url(site)) {
    record_.decision = "gate.redirect";
    route.page = http::redirect_page(308, *url);
    return route;
  }
  if (request().method == http::Method::Connect || request().method == http::Method::Trace) {
    route.page = error(405, "gate.method");
    route.page->fields.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return route;
  }
  policy::Verdict verdict = site->rules.judge(path, request().method_text, record_.client, scratch_);
  if (verdict.rule) record_.rule_line = verdict.rule->line;
  if (verdict.kind == policy::Verdict::Kind::Refused) {
    route.page = error(400, verdict.refusal.code);
  } else if (verdict.kind == policy::Verdict::Kind::NotAllowed || is_own(verdict.path.decision)) {
    route.page = error(404, "path.not-allowed");
  } else {
    record_.decision = "allowed";
    route.site = site;
    route.terms = site->terms[verdict.rule->tag];
    route.path = verdict.path.forward;
  }
  return route;
}

Handling::Route Handling::misdirected_or_nothing(const Site* site) {
  Route route;
  bool elsewhere = site && needs_other_connection(*site);
  route.page = elsewhere ? error(421, "gate.misdirected") : error(404, site ? "path.not-allowed" : "gate.unknown-host");
  return route;
}

// A connection that was made for another site, whose certificate does not cover this host: a fresh one would be
// answered by the right certificate (RFC 9110, 15.5.20). A client that names no host would get the same one again.
bool Handling::needs_other_connection(const Site& site) const {
  const tls::Session* session = visit_.session();
  if (!session || session->server_name().empty() || !session->context() || !site.tls) return false;
  if (session->context() == site.tls.get()) return false;
  return !session->context()->covers(without_brackets(without_port(request().authority)));
}

Handling::Route Handling::redirect_to_https(const Site* site) {
  Route route;
  if (!site) {
    route.page = error(404, "gate.unknown-host");
    return route;
  }
  std::string_view host = without_port(request().authority);
  std::string_view canonical = site->canonical_host(host);
  bool repeatable = request().method == http::Method::Get || request().method == http::Method::Head;
  record_.decision = "gate.redirect";
  route.page = http::redirect_page(repeatable ? 301 : 308, cat("https://", canonical.empty() ? host : canonical,
                                                               plan_->https_port, request().path, request().query));
  return route;
}

// Kerberos tickets and certificates are made out to the complete name.
std::optional<std::string> Handling::canonical_url(const Site* site) const {
  if (!visit_.listener().tls) return std::nullopt;
  std::string_view canonical = site->canonical_host(without_port(request().authority));
  if (canonical.empty()) return std::nullopt;
  std::string_view authority = request().authority;
  std::string_view port = authority.substr(without_port(authority).size());
  return cat("https://", canonical, port, request().path, request().query);
}

http::Page Handling::error(int status, std::string_view code) {
  record_.decision = code;
  return http::error_page(status, code, record_.reference, request());
}

net::Task<> Handling::answer(http::Page page) {
  record_.status = page.status;
  Result<> answered = co_await outcome(http::answer(exchange_, page));
  record_.bytes_out = page.body.size();
  if (answered) co_return {};
  record_.aborted = true;
  co_return copy_of(answered.error());
}

net::Task<> Handling::forward(const Route& route) {
  const BackendConfig& config = route.terms.backend->config;
  record_.backend = config.name.value;
  const RequestLimits& limits = route.site->config.limits;
  exchange_.pace({.longest_wait = limits.body_time, .bytes_per_second = limits.body_rate});
  std::optional<Error> failure = too_large(route.terms);
  if (failure) {
    exchange_.close_afterwards();
    co_await answer(error(413, failure->code()));
    co_return {};
  }
  outgoing_.take();
  Methods methods = route.terms.by_method ? Methods::Judged : Methods::Free;
  rewrite_request(request(), visit_.visitor(), route.path, methods, *outgoing_);
  for (;;) {
    std::shared_ptr<Server> server = worker_.connections().choose(*route.terms.backend, tried_);
    if (!server) break;
    if (record_.attempts++ > 0) worker_.metrics().retries.add();
    failure = co_await attempt(server, route, false);
    bool stale = failure && reused_ && !answered_ && failure->kind() == Kind::Closed && may_repeat(*failure);
    if (stale) failure = co_await attempt(server, route, true);
    if (!failure) co_return {};
    if (exchange_.begun() || client_failure_ || !may_repeat(*failure) || record_.attempts > config.retries) break;
    tried_.push_back(server.get());
  }
  if (!failure) failure.emplace(Kind::Unavailable, "backend.none", "no server of the backend is available");
  co_await answer_failure(*failure);
  co_return {};
}

std::optional<Error> Handling::too_large(const Terms& terms) const {
  bool over = terms.body > 0 && request().body.kind == Framing::Kind::Length && request().body.length > terms.body;
  if (!over) return std::nullopt;
  return Error(Kind::Limit, "http.body-too-large", "the request's body is larger than allowed here");
}

net::Task<std::optional<Error>> Handling::attempt(const std::shared_ptr<Server>& server, const Route& route,
                                                  bool fresh) {
  record_.server = server->url();
  reused_ = false;
  answered_ = false;
  const BackendConfig& config = route.terms.backend->config;
  Result<Connections::Lease> lease = co_await outcome(worker_.connections().take(server, config.connect_time, fresh));
  if (!lease) {
    blame(*server, lease.error());
    co_return std::optional<Error>(std::move(lease).error());
  }
  record_.connected = worker_.loop().now();
  reused_ = lease->reused();
  http::H1Client& client = lease->client();
  client.patience(config.answer_time);
  Result<> spoken = co_await outcome(converse(client, route));
  answered_ = client.answered();
  exchange_.tell_when_broken(nullptr);
  if (spoken) {
    server->succeeded();
    std::move(*lease).give_back();
    co_return std::nullopt;
  }
  if (client_failure_) {
    co_return clone(*client_failure_);
  }
  bool stale = reused_ && !answered_ && spoken.error().kind() == Kind::Closed;
  if (!stale && !exchange_.broken()) blame(*server, spoken.error());
  co_return std::optional<Error>(backend_failure(spoken.error()));
}

net::Task<> Handling::converse(http::H1Client& server, const Route& route) {
  server.begin(outgoing_->head);
  exchange_.tell_when_broken(&server.stream().readable());
  std::optional<net::Beside> upload;
  if (request().body.kind == Framing::Kind::None) {
    co_await server.write({}, More::Ends);
  } else {
    upload.emplace(send_body(server, route.terms.body), [this, &server] {
      if (client_failure_) server.stream().readable().fail(clone(*client_failure_));
    });
    if (client_failure_) co_return copy_of(*client_failure_);
  }
  for (;;) {
    const http::ResponseHead* head = co_await server.read_head();
    if (record_.first_byte == net::kNever) record_.first_byte = worker_.loop().now();
    if (head->status == 101) {
      co_await switch_protocols(server, *head, route.site->config.limits.tunnel_idle);
      co_return {};
    }
    if (!head->is_interim()) {
      co_await relay_answer(server, *head);
      co_return {};
    }
    co_await inform(*head);
  }
}

net::Task<> Handling::inform(const http::ResponseHead& head) {
  net::Spare<http::ResponseHead> out;
  out.take();
  rewrite_response(head, request().method, *out);
  co_await exchange_.inform(*out);
  co_return {};
}

net::Task<> Handling::send_body(http::H1Client& server, std::uint64_t most_bytes) {
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
    if (most_bytes > 0 && record_.bytes_in > most_bytes) {
      client_failure_.emplace(Kind::Limit, "http.body-too-large", "the request's body is larger than allowed here");
      co_return copy_of(*client_failure_);
    }
    http::Fields trailers;
    if (piece->last) trailers = exchange_.request_trailers();
    drop_reserved(trailers);
    Result<> written = co_await outcome(server.write(piece->bytes, piece->last ? More::Ends : More::Follows, trailers));
    if (!written) {
      // It may have answered before it stopped reading: what was not sent is not what went wrong.
      server.abandon_request();
      co_return written;
    }
    if (piece->last) co_return {};
  }
}

net::Task<> Handling::relay_answer(http::H1Client& server, const http::ResponseHead& head) {
  net::Spare<http::ResponseHead> out;
  out.take();
  rewrite_response(head, request().method, *out);
  record_.status = head.status;
  record_.aborted = true;  // until it is complete
  exchange_.begin(*out);
  for (bool head_left = false;; head_left = true) {
    std::optional<http::Piece> piece = server.try_body();
    if (!piece) {
      // Neither the head nor what OpenSSL keeps must wait for what comes late.
      if (!head_left) co_await exchange_.write({}, More::Follows);
      co_await exchange_.flush();
      piece = co_await server.read_body();
    }
    record_.bytes_out += piece->bytes.size();
    co_await exchange_.write(piece->bytes, piece->last ? More::Ends : More::Follows, server.trailers());
    if (piece->last) break;
  }
  record_.aborted = false;
  co_return {};
}

net::Task<> Handling::switch_protocols(http::H1Client& server, const http::ResponseHead& head, net::Duration idle) {
  const http::RequestHead& asked = outgoing_->head;
  if (!asked.wants_upgrade || !http::equals_ignoring_case(asked.upgrade, head.upgrade)) {
    co_return fail(Kind::Invalid, "backend.upgrade", "the server switched to a protocol that nobody asked for");
  }
  net::Spare<http::ResponseHead> out;
  out.take();
  rewrite_response(head, request().method, *out);
  record_.status = head.status;
  exchange_.begin(*out);
  server.become_tunnel();
  co_await exchange_.write({}, More::Follows);
  exchange_.tell_when_broken(nullptr);
  worker_.metrics().tunnels.add();
  Carried carried;
  Result<> ended = co_await outcome(tunnel(worker_.loop(), exchange_, server, idle, carried));
  worker_.metrics().tunnels.subtract();
  record_.bytes_in = carried.to_server;
  record_.bytes_out = carried.to_client;
  if (!ended) record_.decision = ended.error().code();
  co_return {};
}

// Asking again does no harm when nothing was sent, or when the request is idempotent and nothing came back.
bool Handling::may_repeat(const Error& error) const {
  if (before_anything_was_sent(error)) return true;
  if (answered_ || body_touched_ || error.kind() == Kind::Timeout || exchange_.broken()) return false;
  return http::is_idempotent(request().method);
}

void Handling::blame(Server& server, const Error& error) {
  if (error.code() == "gate.no-descriptor") return;
  if (!server.failed(worker_.loop().now(), error.text())) return;
  worker_.metrics().ejections.add();
  log::warning("backend.ejected", {{"server", server.url()}, {"reason", error.text()}});
}

net::Task<> Handling::answer_failure(const Error& failure) {
  record_.decision = failure.code();
  if (exchange_.begun() || exchange_.broken()) {
    record_.aborted = true;
    co_return copy_of(failure);
  }
  int status = client_failure_ ? status_for_client(failure) : status_for_server(failure);
  if (client_failure_ && failure.kind() == Kind::Closed) co_return copy_of(failure);
  if (!client_failure_) {
    log::warning("backend.failed", {{"reference", record_.reference},
                                    {"backend", record_.backend},
                                    {"server", record_.server},
                                    {"code", failure.code()},
                                    {"reason", failure.text()}});
  }
  if (!exchange_.body_over()) exchange_.close_afterwards();
  co_await answer(error(status, failure.code()));
  co_return {};
}

}  // namespace pforte::gate
