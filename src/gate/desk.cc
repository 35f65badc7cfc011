#include "gate/desk.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "gate/form_token.h"
#include "gate/return_path.h"
#include "gate/sign_in_cookies.h"
#include "gate/worker.h"

namespace pforte::gate {

using http::Method;

namespace {

constexpr std::string_view kPrefix = "/.pforte/";
// Bytes a second: a form is a packet, and nobody types it while it is sent.
constexpr std::uint64_t kFormRate = 64;

std::string_view value_of(const http::RequestHead& request, http::FieldName name) {
  const http::Field* field = request.find(name);
  return field ? field->value : std::string_view();
}

http::Page json_page(int status, std::string text, std::string_view cache) {
  http::Page page;
  page.status = status;
  page.fields = {{"Content-Type", "application/json"},
                 {"Cache-Control", std::string(cache)},
                 {"X-Content-Type-Options", "nosniff"}};
  page.body = std::move(text);
  return page;
}

// What becomes of a login that failed, and what its reader is told.
struct Refused {
  int status;
  SignInProblem problem;
};

Refused refused(const Error& error, std::chrono::milliseconds wait) {
  std::string_view code = error.code();
  if (code == "sign-in.locked") return {429, SignInProblem::locked_for(wait)};
  if (code == "sign-in.disabled") return {403, SignInProblem::disabled_agent()};
  if (code == "sign-in.unknown") return {403, SignInProblem::unknown_agent()};
  if (error.kind() == Kind::Denied) return {403, SignInProblem::wrong_password()};
  return {503, error.kind() == Kind::Limit ? SignInProblem::busy() : SignInProblem::no_provider()};
}

}  // namespace

Desk::Desk(Visit& visit, http::Exchange& exchange, const Plan& plan, Record& record, Reception& reception)
    : visit_(visit), exchange_(exchange), plan_(plan), record_(record), reception_(reception) {}

net::Task<http::Page> Desk::serve(std::string_view path) {
  if (!path.starts_with(kPrefix)) co_return error(404, "path.not-allowed");
  std::string_view name = path.substr(kPrefix.size());
  if (!reception_.desk()) co_return error(503, "sign-in.stopped");
  if (name == "login") {
    http::Page page = co_await login();
    co_return page;
  }
  if (name == "logout") {
    http::Page page = co_await logout();
    co_return page;
  }
  if (name == "sso") {
    http::Page page = co_await sso();
    co_return page;
  }
  bool reads = request().method == Method::Get || request().method == Method::Head;
  bool known = name == "whoami" || name == "jwks.json" || name == "logo";
  if (!known) co_return error(404, "path.not-allowed");
  if (!reads) co_return only("GET, HEAD");
  record_.decision = "sign-in.page";
  if (name == "whoami") co_return who_am_i();
  if (name == "logo") co_return logo();
  co_return json_page(200, reception_.keys().jwks, "public, max-age=300");
}

net::Task<http::Page> Desk::login() {
  record_.decision = "sign-in.page";
  if (request().method == Method::Get || request().method == Method::Head) {
    SignInPage basis = reception_.page_basis();
    basis.return_path = asked_return();
    co_return login_page(200, basis);
  }
  if (request().method != Method::Post) co_return only("GET, HEAD, POST");
  Result<Form> form = co_await outcome(read_form());
  if (!form) {
    if (form.error().kind() == Kind::Limit) co_return error(413, form.error().code());
    if (form.error().kind() != Kind::Denied) co_return error(400, form.error().code());
    record_.decision = form.error().code();
    SignInPage basis = reception_.page_basis();
    basis.problem = SignInProblem::form_too_old();
    co_return login_page(403, basis);
  }
  http::Page page = co_await sign_in_by_form(*std::move(form));
  co_return page;
}

net::Task<http::Page> Desk::sign_in_by_form(Form form) {
  std::string login = form.text("user");
  std::string to = safe_return_path(form.text("return"));
  Secret password = form.take_secret("password");
  if (login.empty() || password.reveal().empty()) {
    SignInPage basis = reception_.page_basis();
    basis.return_path = to;
    basis.login = login;
    basis.problem = SignInProblem::incomplete();
    record_.decision = "sign-in.incomplete";
    co_return login_page(403, basis);
  }
  SignInAttempt attempt(visit_, record_, Metrics::SignInProof::Password);
  attempt.asked_for(login);
  Inquired<identity::ProvenAgent> inquired =
      co_await reception_.desk()->by_password(visit_.worker().loop(), login, std::move(password), record_.client);
  attempt.learn(std::move(inquired.inquiry));
  Result<identity::ProvenAgent>& proven = inquired.came;
  if (!proven) co_return login_refused(proven.error(), login, to, attempt);
  // A new session for a new agent: the one before is over, whoever has its cookie.
  Result<> ended = co_await outcome(reception_.end_session());
  if (!ended) {
    attempt.failed(ended.error());
    co_return error(503, ended.error().code());
  }
  reception_.begin_session(*proven, attempt);
  record_.decision = "sign-in.done";
  co_return http::redirect_page(303, to);
}

http::Page Desk::login_refused(const Error& failure, const std::string& login, const std::string& to,
                               SignInAttempt& attempt) {
  const identity::Lockout& lockout = reception_.desk()->accounts().lockout();
  bool account_waits = lockout.wait_for(login).count() > 0;
  attempt.failed(failure, account_waits ? login : std::string());
  record_.decision = failure.code();
  auto wait = lockout.wait_for(login, record_.client);
  Refused told = refused(failure, wait);
  SignInPage basis = reception_.page_basis();
  basis.return_path = to;
  basis.login = login;
  basis.problem = std::move(told.problem);
  http::Page page = login_page(told.status, basis);
  if (told.status == 429) page.fields.emplace_back("Retry-After", cat(wait.count() / 1000 + 1));
  return page;
}

net::Task<http::Page> Desk::logout() {
  record_.decision = "sign-in.page";
  if (request().method == Method::Get || request().method == Method::Head) {
    SignInPage basis = reception_.page_basis();
    basis.return_path = asked_return();
    co_return reception_.session() ? sign_out_page(basis) : signed_out_page(basis);
  }
  if (request().method != Method::Post) co_return only("GET, HEAD, POST");
  Result<Form> form = co_await outcome(read_form());
  if (!form) {
    if (form.error().kind() == Kind::Limit) co_return error(413, form.error().code());
    if (form.error().kind() != Kind::Denied) co_return error(400, form.error().code());
    // Asks once more, with a form that is good.
    record_.decision = form.error().code();
    http::Page page = sign_out_page(reception_.page_basis());
    page.status = 403;
    co_return page;
  }
  Result<> ended = co_await outcome(reception_.end_session());
  if (!ended) co_return error(503, ended.error().code());
  reception_.set_cookie(kNoTicketCookie, "1");
  record_.decision = "sign-in.ended";
  SignInPage basis = reception_.page_basis();
  basis.return_path = safe_return_path(form->text("return"));
  co_return signed_out_page(basis);
}

net::Task<http::Page> Desk::sso() {
  record_.decision = "sign-in.page";
  if (request().method != Method::Get && request().method != Method::Head) co_return only("GET, HEAD");
  if (reception_.has_cookie(kNoTicketCookie)) reception_.forget_cookie(kNoTicketCookie);
  if (!reception_.session()) {
    std::optional<http::Page> page = co_await reception_.sign_in(SignInNeed::Required, Reception::Ticket::Wanted);
    if (page) co_return *std::move(page);
  }
  if (reception_.session()) co_return http::redirect_page(303, asked_return());
  co_return reception_.ask(SignInNeed::Required, Reception::Ticket::Wanted);
}

http::Page Desk::who_am_i() {
  const session::Session* session = reception_.session();
  if (!session) {
    http::Page page = http::error_page(401, "sign-in.needed", record_.reference, request());
    page.fields.emplace_back("WWW-Authenticate", "Form");
    return page;
  }
  nlohmann::ordered_json document = {{"login", session->login},         {"name", session->name},
                                     {"principal", session->principal}, {"method", session->method},
                                     {"groups", session->groups},       {"expires", rfc3339(session->expires)}};
  if (session->principal.empty()) document["principal"] = nullptr;
  // Names that are no UTF-8 cannot have been stored; replaced rather than thrown over.
  return json_page(200, document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", "no-store");
}

http::Page Desk::logo() const {
  http::Page page;
  if (plan_.logo.bytes.empty()) return http::error_page(404, "path.not-allowed", record_.reference, request());
  page.fields = {{"Content-Type", plan_.logo.type},
                 {"Cache-Control", "public, max-age=3600"},
                 {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"},
                 {"X-Content-Type-Options", "nosniff"}};
  page.body = plan_.logo.bytes;
  return page;
}

http::Page Desk::only(std::string_view methods) {
  http::Page page = error(405, "gate.method");
  page.fields.emplace_back("Allow", methods);
  return page;
}

http::Page Desk::error(int status, std::string_view code) {
  record_.decision = code;
  return http::error_page(status, code, record_.reference, request());
}

net::Task<Form> Desk::read_form() {
  if (!comes_from_here()) co_return fail(Kind::Denied, "sign-in.foreign-form", "another site has sent the form");
  if (!is_form(request().fields)) co_return fail(Kind::Invalid, "form.malformed", "the body is no form");
  const RequestLimits& limits = plan_.config.limits.request;
  exchange_.pace(
      {.longest_wait = limits.body_time, .bytes_per_second = std::max<std::uint64_t>(limits.body_rate, kFormRate)});
  std::string body;
  body.reserve(kMostFormBytes);
  for (;;) {
    http::Piece piece = co_await exchange_.read_body();
    if (body.size() + piece.bytes.size() > kMostFormBytes) {
      exchange_.close_afterwards();
      co_return fail(Kind::Limit, "form.too-large", "the form is larger than ours can be");
    }
    body.append(piece.bytes);
    if (piece.last) break;
  }
  Result<Form> form = Form::read(body);
  explicit_bzero(body.data(), body.size());
  if (!form) co_return std::unexpected(std::move(form).error());
  bool ours = is_form_token(form->text("token"), reception_.form_binding(), reception_.host(), record_.time,
                            *reception_.keys().sealing);
  if (!ours)
    co_return fail(Kind::Denied, "sign-in.foreign-form", "the form's token is missing, too old or not this browser's");
  co_return *std::move(form);
}

// Browsers say where a form comes from; who says nothing has to have the token alone.
bool Desk::comes_from_here() const {
  std::string_view site = value_of(request(), http::FieldName::SecFetchSite);
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  std::string_view origin = value_of(request(), http::FieldName::Origin);
  if (origin.empty()) return true;
  std::size_t host = origin.find("://");
  return host != std::string_view::npos && equals_ignoring_case(origin.substr(host + 3), request().authority);
}

std::string Desk::asked_return() const {
  std::string_view query = request().query;
  if (query.starts_with('?')) query.remove_prefix(1);
  Result<Form> asked = Form::read(query);
  return asked ? safe_return_path(asked->text("return")) : "/";
}

}  // namespace pforte::gate
