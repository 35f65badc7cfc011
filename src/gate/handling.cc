#include "gate/handling.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "gate/acme_service.h"
#include "gate/desk.h"
#include "gate/forwarding.h"
#include "gate/public_authority.h"
#include "gate/selftest.h"
#include "gate/sign_in_attempt.h"
#include "gate/stored_answer.h"
#include "gate/worker.h"
#include "http/forwarded.h"
#include "http/refusal.h"

namespace pforte::gate {

using http::FieldName;

namespace {

constexpr std::string_view kOwnPrefix = "/.pforte";

bool is_own(std::string_view path) {
  return path.starts_with(kOwnPrefix) && (path.size() == kOwnPrefix.size() || path[kOwnPrefix.size()] == '/');
}

bool is_trusted_by(const std::vector<net::Network>& networks, std::string_view text) {
  Result<net::Address> address = net::parse_ip(text);
  return address && std::ranges::any_of(networks, [&](const net::Network& one) { return one.contains(*address); });
}

}  // namespace

Handling::Handling(Visit& visit, http::Exchange& exchange)
    : visit_(visit),
      worker_(visit.worker()),
      exchange_(exchange),
      request_(exchange.request()),
      plan_(worker_.plan()),
      reference_(worker_.references().make()) {
  record_.reference = {reference_.data(), reference_.size()};
  record_.time = worker_.loop().wall_time();
  record_.begin = worker_.loop().now();
  record_.client = visit.visitor().peer;
  record_.tls_version = visit.tls_version();
  record_.protocol = visit.protocol();
  if (const tls::Session* session = visit.session()) record_.server_name = session->server_name();
}

Handling::~Handling() {
  record_.end = worker_.loop().now();
  visit_.note().request_ended(record_);
  worker_.record(site_index_, record_);
}

net::Task<> Handling::run() {
  record_request();
  if (worker_.draining()) exchange_.close_afterwards();
  Route route = this->route();
  if (route.step != Route::Step::None) co_await take_step(route);
  if (route.page) {
    co_await answer(*std::move(route.page));
  } else {
    co_await forward(route);
  }
  co_return {};
}

net::Task<> Handling::refuse(http::Refusal refusal) {
  exchange_.close_afterwards();
  record_request();
  if (refusal == http::refusal::kAuthorizationTooLarge) tell_large_ticket(refusal);
  co_await answer(error(refusal.status, refusal.code));
  co_return {};
}

// As far as it was understood.
void Handling::record_request() {
  record_.host = request().authority;
  record_.method = request().method_text;
  record_.path = request().path;
  if (const http::Field* agent = request().find(FieldName::UserAgent)) record_.user_agent = agent->value;
  know_client();
  visit_.note().request_began(record_);
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
  // Before any redirect: a CA looks on port 80 (RFC 8555, 8.3).
  if (const std::string* proof = proof_at(path)) {
    record_.decision = "gate.acme";
    route.page = http::text_page(200, *proof);
    return route;
  }
  if (const Passthrough* passthrough = passthrough_asked_for()) return lead_to(*passthrough);
  const Site* site = plan_->find_site(request().authority);
  if (site) {
    site_index_ = site->index;
    record_.site = site->name;
  }
  if (is_for_acme_service(site)) {
    route.step = Route::Step::Acme;
    return route;
  }
  if (is_about_authority(site)) {
    route.step = Route::Step::Authority;
    return route;
  }
  if (visit_.listener().redirect_to_https) return redirect_to_https(site);
  if (!site || needs_other_connection(*site)) return misdirected_or_nothing(site);
  if (is_own(path) && !site->signs_in && path != SelfTest::kPath) return misdirected_or_nothing(site);
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
  route.site = site;
  if (site->signs_in && would_sign_in_openly()) return redirect_to_https(site);
  if (path == SelfTest::kPath) {
    route.page = SelfTest(visit_, exchange_, *plan_, record_, site->signs_in).serve();
    return route;
  }
  if (site->signs_in) {
    reception_.emplace(visit_, exchange_, *plan_, record_);
    reception_->recognise();
  }
  if (is_own(path)) {
    route.step = Route::Step::OwnPage;
  } else {
    judge(route);
  }
  return route;
}

// Over TLS alone (RFC 8555, 6.1).
bool Handling::is_for_acme_service(const Site* site) const {
  return site && plan_->acme_service && request().path.starts_with(AcmeService::kPrefix) &&
         scheme_of(request(), visit_.visitor()) == "https";
}

// In the clear as well: what is told there is signed, and clients ask for it over plain HTTP.
bool Handling::is_about_authority(const Site* site) const {
  if (!plan_->company_ca || !request().path.starts_with(PublicAuthority::kPrefix)) return false;
  if (visit_.listener().redirect_to_https && !PublicAuthority::is_signed(request().path)) return false;
  return site != nullptr || plan_->company_ca->is_at(request().authority);
}

net::Task<http::Page> Handling::tell_of_authority() {
  std::string origin = cat(scheme_of(request(), visit_.visitor()), "://", request().authority);
  std::optional<http::Page> page = co_await plan_->company_ca->serve(worker_.loop(), exchange_, std::move(origin));
  if (!page) co_return error(404, "path.not-allowed");
  record_.decision = "gate.authority";
  co_return *std::move(page);
}

const std::string* Handling::proof_at(std::string_view path) const {
  return worker_.proofs() ? worker_.proofs()->page_at(path) : nullptr;
}

// Passwords, tickets and cookies do not travel in the open, but on this machine.
bool Handling::would_sign_in_openly() const {
  const Visitor& visitor = visit_.visitor();
  if (scheme_of(request(), visitor) == "https") return false;
  return visitor.believed || !visitor.peer.is_loopback();
}

// What the rules say, for whom we know by now.
void Handling::judge(Route& route) {
  policy::Caller caller = reception_ ? reception_->caller() : policy::Caller{.address = record_.client};
  policy::Verdict verdict = route.site->rules.judge(request().path, request().method_text, caller, scratch_);
  if (verdict.rule) record_.rule_line = verdict.rule->line;
  bool possible = verdict.kind == policy::Verdict::Kind::Allowed || verdict.kind == policy::Verdict::Kind::NeedsGroup;
  if (verdict.kind == policy::Verdict::Kind::Refused) {
    route.page = error(400, verdict.refusal.code);
  } else if (!possible || is_own(verdict.path.decision)) {
    route.page = error(404, "path.not-allowed");
  } else {
    record_.decision = "allowed";
    route.terms = route.site->terms[verdict.rule->tag];
    route.path = verdict.path.forward;
    route.lacks_group = verdict.kind == policy::Verdict::Kind::NeedsGroup;
    SignInNeed need = route.terms.sign_in;
    if (need == SignInNeed::Token && !route.signed_in_here) reception_->ignore_session();
    bool satisfied = need == SignInNeed::None || (reception_->session() && !route.lacks_group);
    if (!satisfied) route.step = Route::Step::SignIn;
  }
}

net::Task<> Handling::take_step(Route& route) {
  if (route.step == Route::Step::Acme) {
    record_.decision = "gate.acme-server";
    route.page = co_await plan_->acme_service->serve(worker_.loop(), exchange_, record_.client);
    co_return {};
  }
  if (route.step == Route::Step::Authority) {
    route.page = co_await tell_of_authority();
    co_return {};
  }
  if (route.step == Route::Step::OwnPage) {
    Desk desk(visit_, exchange_, *plan_, record_, *reception_);
    route.page = co_await desk.serve(request().path);
    co_return {};
  }
  SignInNeed need = route.terms.sign_in;
  if (!reception_->session()) {
    route.page = co_await reception_->sign_in(need);
    if (route.page) co_return {};
    route.signed_in_here = reception_->session() != nullptr;
    if (route.signed_in_here) judge(route);
  }
  bool anonymous = !reception_->session();
  if (anonymous && (need != SignInNeed::Optional || route.lacks_group)) {
    route.page = reception_->ask(need);
  } else if (route.lacks_group) {
    route.page = reception_->forbid(need);
  }
  co_return {};
}

// A host whose TLS does not end here, asked for on a connection that was made for another one: a client that shares
// connections among the hosts of a certificate does so.
const Passthrough* Handling::passthrough_asked_for() const {
  return visit_.session() ? plan_->find_passed(request().authority, visit_.listener().address) : nullptr;
}

// A new connection gets there (RFC 9110, 15.5.20), unless the client names no host, or may not.
Handling::Route Handling::lead_to(const Passthrough& passthrough) {
  Route route;
  bool helps = !visit_.session()->server_name().empty() && passthrough.admits(visit_.visitor().peer);
  if (helps) worker_.metrics().misdirected.add();
  route.page = helps ? error(421, "gate.misdirected") : error(404, "gate.unknown-host");
  return route;
}

Handling::Route Handling::misdirected_or_nothing(const Site* site) {
  Route route;
  bool elsewhere = site && needs_other_connection(*site);
  if (elsewhere) worker_.metrics().misdirected.add();
  route.page = elsewhere ? error(421, "gate.misdirected") : error(404, site ? "path.not-allowed" : "gate.unknown-host");
  return route;
}

// A connection that was made for another site, whose certificate does not cover this host: a fresh one would be
// answered by the right certificate (RFC 9110, 15.5.20). A client that names no host would get the same one again.
bool Handling::needs_other_connection(const Site& site) const {
  const tls::Session* session = visit_.session();
  if (!session || session->server_name().empty() || !session->context() || !site.config.has_certificate()) return false;
  if (session->context() == site.tls.get()) return false;
  std::string_view host = without_brackets(without_port(request().authority));
  // What nearly every request of a site with "auto" comes to.
  if (equals_ignoring_case(host, session->server_name())) return false;
  return !session->context()->covers(host);
}

Handling::Route Handling::redirect_to_https(const Site* site) {
  Route route;
  if (!site && !plan_->is_passed_somewhere(request().authority)) {
    route.page = error(404, "gate.unknown-host");
    return route;
  }
  std::string_view host = without_port(request().authority);
  std::string_view canonical = site ? site->canonical_host(host) : std::string_view();
  bool repeatable = request().method == http::Method::Get || request().method == http::Method::Head;
  record_.decision = "gate.redirect";
  route.page = http::redirect_page(repeatable ? 301 : 308, cat("https://", canonical.empty() ? host : canonical,
                                                               plan_->https_port, request().path, request().query));
  return route;
}

// Kerberos tickets and certificates are made out to the complete name.
std::optional<std::string> Handling::canonical_url(const Site* site) const {
  const Visitor& visitor = visit_.visitor();
  if (!visit_.listener().tls && scheme_of(request(), visitor) != "https") return std::nullopt;
  // A terminator may have another name for us than the client.
  const http::Field* said = visitor.believed ? request().find(FieldName::XForwardedHost) : nullptr;
  std::string_view authority = said && !said->value.empty() ? said->value : request().authority;
  std::string_view canonical = site->canonical_host(without_port(authority));
  if (canonical.empty()) return std::nullopt;
  std::string_view port = authority.substr(without_port(authority).size());
  return cat("https://", canonical, port, request().path, request().query);
}

http::Page Handling::error(int status, std::string_view code) {
  record_.decision = code;
  return http::error_page(status, code, record_.reference, request());
}

net::Task<> Handling::answer(http::Page page) {
  record_.status = page.status;
  if (reception_) {
    for (const auto& [name, value] : reception_->answer_fields()) page.fields.emplace_back(name, value);
  }
  Result<> answered = co_await outcome(http::answer(exchange_, page));
  record_.bytes_out = page.body.size();
  if (answered) co_return {};
  record_.aborted = true;
  co_return answered;
}

net::Task<> Handling::forward(const Route& route) {
  Forwarding forwarding(worker_, exchange_, record_);
  Forwarding::Order order{
      .visitor = visit_.visitor(), .terms = route.terms, .limits = &route.site->config.limits, .path = route.path};
  // A proxy that others come through as well may share its connections among them.
  if (route.terms.backend->config.connection_sign_in && !visit_.visitor().believed) {
    if (exchange_.shares_connection()) {
      record_.decision = "gate.own-connection-required";
      exchange_.require_own_connection();
      co_return {};
    }
    order.own = &visit_.own_connection();
  }
  net::Spare<http::Fields> additions;
  if (reception_) co_await net::ok(introduce(order, additions));
  std::unique_ptr<CacheTurn> turn = cache_turn(order);
  order.cache = turn.get();
  if (turn && turn->answer()) {
    Recipient client{worker_, exchange_, record_, order.terms, order.privacy(), order.answer};
    co_await give_stored(client, *turn);
    co_return {};
  }
  if (turn && turn->is_in_vain()) {
    co_await answer(error(504, "gate.not-stored"));
    co_return {};
  }
  Result<> forwarded = co_await outcome(forwarding.run(order));
  if (forwarded) co_return {};
  const Error& failure = forwarded.error();
  record_.decision = failure.code();
  int status = forwarding.status(failure);
  if (status == 0) {
    record_.aborted = true;
    co_return forwarded;
  }
  if (!forwarding.client_failed()) tell_failed_backend(failure);
  if (!exchange_.body_over()) exchange_.close_afterwards();
  http::Page page = error(status, failure.code());
  auto again = Forwarding::retry_after(order, failure);
  if (again.count() > 0) page.fields.emplace_back("Retry-After", cat(again.count()));
  co_await answer(std::move(page));
  co_return {};
}

// Null where nothing is kept, and nothing that is could change.
std::unique_ptr<CacheTurn> Handling::cache_turn(const Forwarding::Order& order) {
  const Terms& terms = order.terms;
  if (!terms.cache && (!terms.near_cache || http::is_safe(request().method))) return nullptr;
  const Visitor& visitor = visit_.visitor();
  const BackendConfig& backend = terms.backend->config;
  CacheTurn::Asker asker{.site = record_.site,
                         .scheme = scheme_of(request(), visitor),
                         .host = forwarded_host(request(), visitor),
                         .path = order.path,
                         .backend = backend.name.value,
                         .is_told = !order.identity.empty() || order.own != nullptr,
                         .is_agent = reception_ && reception_->session(),
                         .is_believed = visitor.believed,
                         .own_names = &backend.identity.own_names};
  return std::make_unique<CacheTurn>(*plan_->cache, worker_.metrics(), terms.cache, request(), asker);
}

// Tells the application who it is, and the client what signing in has to add.
Result<> Handling::introduce(Forwarding::Order& order, net::Spare<http::Fields>& additions) {
  SignInNeed need = order.terms.sign_in;
  if (need != SignInNeed::None && reception_->session()) {
    if (!order.terms.withholds_identity()) order.identity = TRY(reception_->introduce(*order.terms.backend));
    order.session = reception_->session();
    if (need == SignInNeed::Required || need == SignInNeed::Optional) reception_->refresh();
  }
  order.own_authorization = need == SignInNeed::Token || order.terms.backend->basic_password.has_value();
  if (reception_->answer_fields().empty()) return {};
  additions.take();
  for (const auto& [name, value] : reception_->answer_fields()) {
    additions->push_back({name, value, http::known_field(name)});
  }
  order.answer = &*additions;
  return {};
}

// To the one who asks why single sign-on fails, it is a ticket like any other that was no good.
void Handling::tell_large_ticket(const http::Refusal& refusal) const {
  const Site* site = plan_->find_site(request().authority);
  if (site && !site->signs_in) return;
  SignInAttempt attempt(visit_, record_, Metrics::SignInProof::Ticket);
  attempt.failed(Error(Kind::Limit, refusal.code,
                       cat(refusal.text, ": it has more than ", plan_->config.limits.authorization,
                           " bytes, a ticket's Base64 counted")));
}

void Handling::tell_failed_backend(const Error& failure) const {
  log::warning("backend.failed", {{"reference", record_.reference},
                                  {"backend", record_.backend},
                                  {"server", record_.server},
                                  {"code", failure.code()},
                                  {"reason", failure.text()}});
}

}  // namespace pforte::gate
