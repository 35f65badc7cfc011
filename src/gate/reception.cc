#include "gate/reception.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/random.h"
#include "gate/form_token.h"
#include "gate/return_path.h"
#include "gate/sign_in_cookies.h"
#include "gate/worker.h"
#include "http/cookie.h"
#include "session/assertion.h"
#include "session/cookie.h"
#include "session/records.h"
#include "session/session_id.h"

namespace pforte::gate {

using http::FieldName;
using identity::Provider;
using std::chrono::system_clock;

namespace {

constexpr std::size_t kMostUserAgentBytes = 200;
// A cookie is sealed anew once a twentieth of the idle time has passed since the last time.
constexpr int kRefreshParts = 20;
// How often, and how many times, somebody who signs out waits for this worker to know of it.
constexpr std::chrono::milliseconds kLookEvery = std::chrono::milliseconds(2);
constexpr int kMostLooks = 250;
// An assertion is handed on as long as two thirds of its life are left to the application.
constexpr std::chrono::seconds kAssertionUse = session::kAssertionLife / 3;

std::string host_of(std::string_view authority) {
  std::string host = lowered(without_port(authority));
  if (host.ends_with('.')) host.pop_back();
  return host;
}

// What follows the scheme of an Authorization field, if it is that scheme (RFC 9110, 11.4).
std::optional<std::string_view> credentials(const http::RequestHead& request, std::string_view scheme) {
  const http::Field* field = request.find(FieldName::Authorization);
  if (!field || field->value.size() <= scheme.size()) return std::nullopt;
  if (!equals_ignoring_case(field->value.substr(0, scheme.size()), scheme)) return std::nullopt;
  std::string_view rest = field->value.substr(scheme.size());
  if (!rest.starts_with(' ')) return std::nullopt;
  return http::trim(rest);
}

std::string_view user_agent(const http::RequestHead& request) {
  const http::Field* field = request.find(FieldName::UserAgent);
  return field ? field->value.substr(0, kMostUserAgentBytes) : std::string_view();
}

session::Time to_the_millisecond(system_clock::time_point time) {
  return std::chrono::floor<std::chrono::milliseconds>(time);
}

// Whether `text` is SCHEME://AUTHORITY.
bool is_origin(std::string_view text, std::string_view scheme, std::string_view authority) {
  constexpr std::string_view kBetween = "://";
  return text.size() == scheme.size() + kBetween.size() + authority.size() && text.starts_with(scheme) &&
         text.substr(scheme.size()).starts_with(kBetween) && text.ends_with(authority);
}

// What the agent is told about a ticket that was no good: only what they, or their helpdesk, can act upon.
SignInProblem problem_of(const Error& error) {
  if (error.code() == "sign-in.disabled") return SignInProblem::disabled_agent();
  if (error.code() == "sign-in.conflict") return SignInProblem::conflict({});
  if (error.code() == "sign-in.machine") return SignInProblem::machine({});
  if (error.code() == "sign-in.busy") return SignInProblem::busy();
  if (error.code() == "kerberos.skew") {
    return SignInProblem::ticket_failed(Message{"The clock of your computer is wrong by more than five minutes.",
                                                "Die Uhr Ihres Rechners geht um mehr als fünf Minuten falsch."});
  }
  return SignInProblem::ticket_failed(std::nullopt);
}

}  // namespace

Reception::Reception(Visit& visit, http::Exchange& exchange, const Plan& plan, Record& record)
    : visit_(visit),
      worker_(visit.worker()),
      exchange_(exchange),
      request_(exchange.request()),
      plan_(plan),
      record_(record),
      sign_in_(plan.sign_in && worker_.session_keys() ? plan.sign_in.get() : nullptr) {}

const session::Keys& Reception::keys() const {
  return *worker_.session_keys();
}

policy::Caller Reception::caller() const {
  return {.address = record_.client, .groups = known_ ? &known_->session.groups : nullptr};
}

void Reception::recognise() {
  if (!sign_in_) return;
  host_ = host_of(request().authority);
  thread_local std::vector<std::string_view> cookies;
  http::find_cookies(request().fields, kSessionCookie, cookies);
  session::Time now = to_the_millisecond(record_.time);
  for (std::string_view cookie : cookies) {
    if (take_cookie(cookie, now)) break;
  }
}

bool Reception::take_cookie(std::string_view cookie, session::Time now) {
  std::shared_ptr<KnownSession> known =
      worker_.known_sessions().find(cookie, host_, *keys().sealing, visit_.last_session());
  if (!known) return false;
  const session::Session& session = known->session;
  const identity::SignInConfig& config = sign_in_->config();
  bool over = session.expires <= now || session.seen + config.session_idle <= now ||
              session.began + config.session_lifetime <= now;
  if (over || worker_.ended_sessions()->contains(session)) return false;
  known_ = std::move(known);
  record_.agent = session.login;
  return true;
}

// Keeps the session of a browser alive that is at work.
void Reception::refresh() {
  if (!known_) return;
  session::Time now = to_the_millisecond(record_.time);
  auto every = sign_in_->config().session_idle / kRefreshParts;
  if (known_->session.seen + every > now) return;
  if (known_->fresh_cookie.empty() || known_->fresh_since + every <= now) {
    session::Session fresh = known_->session;
    fresh.seen = now;
    std::optional<std::string> cookie = session::seal(fresh, host_, *keys().sealing);
    if (!cookie) return;
    known_->fresh_cookie = *std::move(cookie);
    known_->fresh_since = now;
    sign_in_->accounts().sessions().seen(fresh.id, now);
  }
  set_cookie(kSessionCookie, known_->fresh_cookie);
}

net::Task<std::optional<http::Page>> Reception::sign_in(SignInNeed need, Ticket wanted) {
  if (!sign_in_) co_return std::nullopt;
  std::optional<std::string_view> ticket = credentials(request(), "Negotiate");
  // Browsers send tickets unasked where they had to before: whoever has signed out would be in again.
  bool signed_out = wanted != Ticket::Wanted && need != SignInNeed::Token && has_cookie(kNoTicketCookie);
  if (ticket && (signed_out || is_forged_by_another_site())) co_return std::nullopt;
  if (ticket) {
    std::optional<http::Page> page = co_await by_ticket(*ticket, need);
    co_return page;
  }
  std::optional<std::string_view> token = need == SignInNeed::Token ? credentials(request(), "Bearer") : std::nullopt;
  if (!token) co_return std::nullopt;
  std::optional<http::Page> page = co_await by_token(*token);
  co_return page;
}

net::Task<std::optional<http::Page>> Reception::by_ticket(std::string_view text, SignInNeed need) {
  SignInAttempt attempt(visit_, record_, Metrics::SignInProof::Ticket, need != SignInNeed::Token);
  auto failed = [&](const Error& error) {
    attempt.failed(error);
    return std::optional(refusal(error, need));
  };
  std::optional<std::string> token = from_base64(text);
  if (!token) co_return failed(Error(Kind::Denied, "kerberos.garbage", "what follows Negotiate is no Base64"));
  std::string binding(visit_.session() ? visit_.session()->end_point_binding() : std::string_view());
  Inquired<TicketOutcome> inquired = co_await sign_in_->by_ticket(worker_.loop(), *std::move(token), std::move(binding),
                                                                  visit_.take_half(), record_.client);
  attempt.learn(std::move(inquired.inquiry));
  Result<TicketOutcome>& outcome = inquired.came;
  if (!outcome) co_return failed(outcome.error());
  std::string answer = to_base64(outcome->answer);
  if (!outcome->agent) {
    if (!visit_.keep_half(std::move(outcome->half)))
      co_return failed(Error(Kind::Limit, "sign-in.busy", "too many exchanges are half done"));
    attempt.goes_on();
    co_return std::optional(ask(need, Ticket::Wanted, answer));
  }
  if (!answer.empty()) answer_field("WWW-Authenticate", cat("Negotiate ", answer));
  if (need == SignInNeed::Token) {
    adopt(*outcome->agent, to_the_millisecond(record_.time));
    attempt.succeeded(*outcome->agent, known_->session);
  } else {
    co_await begin_session(*std::move(outcome), attempt);
  }
  co_return std::nullopt;
}

net::Task<std::optional<http::Page>> Reception::by_token(std::string_view text) {
  SignInAttempt attempt(visit_, record_, Metrics::SignInProof::Token, false);
  Inquired<identity::ProvenAgent> inquired = co_await sign_in_->by_token(worker_.loop(), std::string(text));
  attempt.learn(std::move(inquired.inquiry));
  if (!inquired.came) {
    attempt.failed(inquired.came.error());
    co_return std::optional(refusal(inquired.came.error(), SignInNeed::Token));
  }
  adopt(*inquired.came, to_the_millisecond(record_.time));
  attempt.succeeded(*inquired.came, known_->session);
  co_return std::nullopt;
}

// Whatever was wrong, this browser is not asked for a ticket again: it would send the same one for ever.
http::Page Reception::refusal(const Error& error, SignInNeed need) {
  bool known_to_nobody = error.code() == "sign-in.unknown";
  bool refused = known_to_nobody || error.code() == "sign-in.disabled" || error.code() == "sign-in.conflict" ||
                 error.code() == "sign-in.machine";
  int status = refused ? 403 : 401;
  record_.decision = error.code();
  if (!shows_form(need)) {
    http::Page page = http::problem_page(status, error.code(), record_.reference, request());
    if (status == 401) page.fields.emplace_back("WWW-Authenticate", need == SignInNeed::Token ? "Bearer" : "Form");
    return page;
  }
  SignInPage basis = page_basis();
  if (known_to_nobody) return unknown_agent_page({}, basis);
  basis.problem = problem_of(error);
  if (basis.single_sign_on != SingleSignOn::NotOffered) basis.single_sign_on = SingleSignOn::Again;
  http::Page page = login_page(status, basis);
  // RFC 9110, 11.6.1: a 401 names a challenge; none that browsers know, or they would not show the form.
  if (status == 401) page.fields.emplace_back("WWW-Authenticate", "Form");
  return page;
}

bool Reception::shows_form(SignInNeed need) const {
  return need != SignInNeed::Token && http::wants_html(request().fields);
}

// Browsers answer Negotiate by themselves, also for a form that another site has posted: the ticket would do what
// SameSite keeps the cookie from.
bool Reception::is_forged_by_another_site() const {
  if (request().method == http::Method::Get || request().method == http::Method::Head) return false;
  const http::Field* site = request().find(FieldName::SecFetchSite);
  if (site) return site->value != "same-origin" && site->value != "none";
  const http::Field* origin = request().find(FieldName::Origin);
  if (!origin) return false;
  std::size_t host = origin->value.find("://");
  return host == std::string_view::npos || !equals_ignoring_case(origin->value.substr(host + 3), request().authority);
}

bool Reception::offers_ticket() const {
  if (!sign_in_->runs(Provider::Kerberos) || is_forged_by_another_site()) return false;
  const identity::SignInConfig& config = sign_in_->config();
  auto is_near = [this](const net::Network& network) { return network.contains(record_.client); };
  if (!config.negotiate_from.empty() && std::ranges::none_of(config.negotiate_from, is_near)) return false;
  std::string_view agent = user_agent(request());
  auto is_other = [&](const std::string& part) { return agent.find(part) != std::string_view::npos; };
  return std::ranges::none_of(config.negotiate_not_for, is_other);
}

http::Page Reception::ask(SignInNeed need, Ticket ticket, std::string_view answer) {
  record_.decision = "sign-in.needed";
  if (!sign_in_) return http::error_page(503, "sign-in.stopped", record_.reference, request());
  bool form = shows_form(need);
  bool asks = ticket != Ticket::Never && offers_ticket();
  if (ticket == Ticket::AsUsual && has_cookie(kNoTicketCookie)) asks = false;
  http::Page page;
  if (form) {
    SignInPage basis = page_basis();
    if (asks && basis.single_sign_on != SingleSignOn::NotOffered) basis.single_sign_on = SingleSignOn::Again;
    page = login_page(401, basis);
  } else {
    page = http::problem_page(401, record_.decision, record_.reference, request());
  }
  if (asks) page.fields.emplace_back("WWW-Authenticate", answer.empty() ? "Negotiate" : cat("Negotiate ", answer));
  if (need == SignInNeed::Token) page.fields.emplace_back("WWW-Authenticate", cat("Bearer realm=\"", host_, '"'));
  if (!asks && need != SignInNeed::Token) page.fields.emplace_back("WWW-Authenticate", "Form");
  return page;
}

http::Page Reception::forbid(SignInNeed need) {
  record_.decision = "sign-in.not-in-group";
  if (!shows_form(need)) return http::problem_page(403, record_.decision, record_.reference, request());
  return forbidden_page(page_basis());
}

SignInPage Reception::page_basis() {
  SignInPage page;
  page.language = http::preferred_language(request().fields);
  page.brand = sign_in_->config().brand;
  page.reference = record_.reference;
  page.return_path = return_path();
  page.token = make_form_token(form_binding(), host_, record_.time, *keys().sealing);
  if (known_) page.signed_in_as = known_->session.name.empty() ? known_->session.login : known_->session.name;
  page.single_sign_on = offers_ticket() ? SingleSignOn::Offered : SingleSignOn::NotOffered;
  page.takes_passwords = sign_in_->takes_passwords();
  return page;
}

std::string Reception::return_path() const {
  bool repeatable = request().method == http::Method::Get || request().method == http::Method::Head;
  return repeatable ? safe_return_path(cat(request().path, request().query)) : "/";
}

const std::string& Reception::form_binding() {
  if (!form_binding_.empty()) return form_binding_;
  std::vector<std::string_view> cookies;
  http::find_cookies(request().fields, kFormCookie, cookies);
  if (cookies.size() == 1 && from_base64url(cookies.front()) && cookies.front().size() == crypto::random_id().size()) {
    form_binding_ = cookies.front();
  } else {
    form_binding_ = crypto::random_id();
    set_cookie(kFormCookie, form_binding_);
  }
  return form_binding_;
}

void Reception::adopt(const identity::ProvenAgent& proven, session::Time now) {
  const identity::SignInConfig& config = sign_in_->config();
  auto known = std::make_shared<KnownSession>();
  session::Session& session = known->session;
  session.id = session::new_session_id(now);
  session.agent = proven.agent.number;
  session.login = proven.agent.login;
  session.name = proven.agent.name;
  session.principal = proven.principal;
  session.method = identity::method_name(proven.method);
  session.groups = proven.groups;
  session.began = session.seen = now;
  session.expires = now + config.session_lifetime;
  if (config.end_with_ticket && proven.not_after) session.expires = std::min(session.expires, *proven.not_after);
  known->host = host_;
  known->groups = joined(session.groups, ",");
  known_ = std::move(known);
  record_.agent = known_->session.login;
}

void Reception::begin_session(const identity::ProvenAgent& proven, SignInAttempt& attempt) {
  adopt(proven, to_the_millisecond(record_.time));
  write_down_session();
  hand_out_session(proven, attempt);
}

net::Task<> Reception::begin_session(TicketOutcome outcome, SignInAttempt& attempt) {
  adopt(*outcome.agent, to_the_millisecond(record_.time));
  // First of all: a ticket of a session that the store does not know is swept away.
  write_down_session();
  if (outcome.forwarded) co_await keep_ticket(std::move(outcome.forwarded));
  hand_out_session(*outcome.agent, attempt);
  co_return {};
}

// The agent is in, whatever becomes of the ticket.
net::Task<> Reception::keep_ticket(kerberos::Credential forwarded) {
  session::Session& session = known_->session;
  auto work = [desk = sign_in_->shared_from_this(), id = session.id, forwarded = std::move(forwarded)] {
    return desk->tickets()->keep(id, forwarded);
  };
  Result<> kept = co_await net::outcome(sign_in_->run(worker_.loop(), std::move(work)));
  session.has_ticket_cache = kept.has_value();
  if (kept) co_return {};
  log::warning("kerberos.ticket-not-kept", {{"reference", record_.reference},
                                            {"agent", session.login},
                                            {"session", session.id},
                                            {"code", kept.error().code()},
                                            {"reason", kept.error().text()}});
  co_return {};
}

void Reception::write_down_session() {
  session::Record record{
      .session = known_->session, .client = record_.client.ip_text(), .user_agent = std::string(user_agent(request()))};
  sign_in_->accounts().sessions().began(std::move(record));
}

void Reception::hand_out_session(const identity::ProvenAgent& proven, SignInAttempt& attempt) {
  session::Session& session = known_->session;
  std::optional<std::string> cookie = sealed(session);
  known_->groups = joined(session.groups, ",");
  attempt.succeeded(proven, session);
  if (!cookie) return;
  set_cookie(kSessionCookie, *cookie);
  worker_.known_sessions().add(*cookie, known_);
  if (has_cookie(kNoTicketCookie)) forget_cookie(kNoTicketCookie);
}

// Browsers keep 4 KiB of a cookie. Of more groups than fit, those that some rule asks for are kept.
std::optional<std::string> Reception::sealed(session::Session& session) const {
  std::optional<std::string> cookie = session::seal(session, host_, *keys().sealing);
  if (cookie) return cookie;
  std::size_t all = session.groups.size();
  std::erase_if(session.groups, [this](const std::string& group) { return !plan_.asked_groups.contains(group); });
  log::warning("sign-in.groups-cut", {{"agent", session.login}, {"groups", all}, {"kept", session.groups.size()}});
  return session::seal(session, host_, *keys().sealing);
}

net::Task<> Reception::end_session() {
  if (!known_) co_return {};
  std::shared_ptr<KnownSession> gone = known_;
  auto work = [desk = sign_in_->shared_from_this(), id = gone->session.id,
               has_ticket = gone->session.has_ticket_cache]() -> Result<> {
    // Its beginning may still be on its way there.
    TRY(desk->accounts().sessions().write());
    Result<std::uint64_t> ended = session::end_session(desk->accounts().store(), id);
    if (!ended) return std::unexpected(std::move(ended).error());
    if (has_ticket && desk->tickets()) desk->tickets()->remove(id);
    desk->accounts().note_change();
    return {};
  };
  Result<> ended = co_await net::outcome(sign_in_->run(worker_.loop(), std::move(work)));
  if (!ended) {
    log::error("store.failed", {{"reason", ended.error().text()}});
    co_return ended;  // the session lives on, and its cookie can try again
  }
  forget_cookie(kSessionCookie);
  known_ = nullptr;
  record_.agent = {};
  for (int i = 0; i < kMostLooks && !worker_.ended_sessions()->contains(gone->session); ++i) {
    co_await worker_.loop().sleep_for(kLookEvery);
  }
  log::info("sign-in.ended", {{"reference", record_.reference}, {"session", gone->session.id}});
  co_return {};
}

Result<std::span<const http::Field>> Reception::introduce(const Backend& backend) {
  if (!backend.config.identity.assertion.empty()) TRY(renew_assertion());
  introduction_ = known_->introduction.to(backend);
  if (!introduction_) {
    introduction_ = written_introduction(backend);
    known_->introduction.keep(backend, introduction_);
  }
  return introduction_->fields();
}

std::shared_ptr<const Introduction> Reception::written_introduction(const Backend& backend) const {
  const IdentityConfig& names = backend.config.identity;
  const session::Session& session = known_->session;
  http::Fields said;
  // The configuration refuses names that mean something else.
  auto add = [&](const std::string& name, std::string_view value) {
    if (!name.empty() && !value.empty()) said.push_back({name, value, FieldName::Other});
  };
  std::string ticket_cache;
  if (session.has_ticket_cache && sign_in_->tickets()) ticket_cache = sign_in_->tickets()->cache_of(session.id);
  std::string basic;
  add(names.login, session.login);
  add(names.principal, session.principal);
  add(names.method, session.method);
  add(names.groups, known_->groups);
  add(names.ticket_cache, ticket_cache);
  add(names.assertion, known_->assertion);
  if (backend.basic_password) {
    basic = cat("Basic ", to_base64(cat(session.login, ':', backend.basic_password->reveal())));
    said.push_back({"Authorization", basic, FieldName::Authorization});
  }
  return std::make_shared<const Introduction>(said);
}

Result<> Reception::renew_assertion() {
  std::string_view scheme = scheme_of(request(), visit_.visitor());
  session::Time now = record_.time;
  if (now < known_->assertion_until && is_origin(known_->assertion_origin, scheme, request().authority)) return {};
  std::string origin = cat(scheme, "://", request().authority);
  std::string made = TRY(session::assertion(known_->session, origin, now, *keys().signer));
  known_->assertion = std::move(made);
  known_->introduction.forget();
  known_->assertion_origin = std::move(origin);
  known_->assertion_until = now + kAssertionUse;
  return {};
}

void Reception::set_cookie(std::string_view name, std::string_view value) {
  answer_field("Set-Cookie", http::set_cookie_text({.name = name, .value = value}));
}

void Reception::forget_cookie(std::string_view name) {
  answer_field("Set-Cookie", http::set_cookie_text({.name = name, .value = {}, .max_age = std::chrono::seconds(0)}));
}

bool Reception::has_cookie(std::string_view name) const {
  std::vector<std::string_view> cookies;
  http::find_cookies(request().fields, name, cookies);
  return !cookies.empty();
}

}  // namespace pforte::gate
