#include "gate/selftest.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate.h"
#include "crypto/random.h"
#include "gate/form.h"
#include "gate/rewrite.h"
#include "gate/sign_in.h"
#include "gate/sign_in_cookies.h"
#include "gate/worker.h"
#include "http/cookie.h"
#include "kerberos/token.h"

namespace pforte::gate {

namespace {

// Without letters and digits that are mistaken for one another.
constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t kCodeDigits = 8;

std::string new_code() {
  std::string code = crypto::random_bytes(kCodeDigits);
  std::ranges::transform(code, code.begin(),
                         [](char byte) { return kAlphabet[std::uint8_t(byte) % kAlphabet.size()]; });
  return code;
}

bool is_code(std::string_view text) {
  return text.size() == kCodeDigits && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

std::string code_in_cookie(const http::RequestHead& request) {
  std::vector<std::string_view> values;
  http::find_cookies(request.fields, kSelfTestCookie, values);
  auto code = std::ranges::find_if(values, is_code);
  return code == values.end() ? std::string() : std::string(*code);
}

// What stands behind "Negotiate ", decoded; none: the request has no such thing.
std::optional<std::string> sent_token(const http::RequestHead& request) {
  constexpr std::string_view kScheme = "Negotiate ";
  const http::Field* field = request.find(http::FieldName::Authorization);
  if (!field || !equals_ignoring_case(field->value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return from_base64(field->value.substr(kScheme.size())).value_or("");
}

constexpr std::string_view word_of(kerberos::Token::Form form) {
  using Form = kerberos::Token::Form;
  switch (form) {
    case Form::Spnego:
    case Form::Krb5:
      return "kerberos";
    case Form::Ntlm:
      return "ntlm";
    case Form::Garbage:
      return "garbage";
    default:
      return "other";
  }
}

}  // namespace

http::Page SelfTest::serve() {
  record_.decision = "gate.self-test";
  if (request().method != http::Method::Get && request().method != http::Method::Head) {
    http::Page page = error(405, "gate.method");
    page.fields.emplace_back("Allow", "GET, HEAD");
    return page;
  }
  if (!visit_.worker().may_self_test()) {
    http::Page page = error(503, "gate.self-test-busy");
    page.fields.emplace_back("Retry-After", "2");
    return page;
  }
  code_ = code_in_cookie(request());
  kept_ = !code_.empty();
  if (!kept_) code_ = new_code();
  return request().query == "?step=2" ? tell() : begin();
}

http::Page SelfTest::error(int status, std::string_view code) {
  record_.decision = code;
  return http::error_page(status, code, record_.reference, request());
}

http::Page SelfTest::begin() {
  http::Page page = http::redirect_page(303, cat(kPath, "?step=2"));
  page.fields.emplace_back("Cache-Control", "no-store");
  // Who tests again has the code that was told already.
  page.fields.emplace_back(
      "Set-Cookie",
      http::set_cookie_text({.name = kSelfTestCookie, .value = code_, .max_age = std::chrono::minutes(10)}));
  return page;
}

bool SelfTest::asks_for_ticket() const {
  return signs_in_ && plan_.sign_in && plan_.sign_in->runs(identity::Provider::Kerberos);
}

http::Page SelfTest::tell() {
  add_connection();
  add_certificate();
  add_client();
  add_cookie();
  add_ticket();
  visit_.note().self_tested(record_, code_, findings_of(facts_));
  SignInPage basis;
  basis.language = http::preferred_language(request().fields);
  if (plan_.sign_in) basis.brand = plan_.sign_in->config().brand;
  basis.reference = record_.reference;
  std::string shown;  // where nothing is noted, a code leads nowhere
  if (!visit_.note().off()) shown = cat(code_.substr(0, kCodeDigits / 2), '-', code_.substr(kCodeDigits / 2));
  http::Page page = self_test_page(asked_ ? 401 : 200, basis, shown, rows_of(facts_));
  if (asked_) page.fields.emplace_back("WWW-Authenticate", "Negotiate");
  return page;
}

void SelfTest::add_connection() {
  facts_.protocol = record_.protocol;
  const tls::Session* session = visit_.session();
  if (!session) return;
  facts_.tls_version = session->version();
  facts_.cipher = session->cipher();
  facts_.server_name = session->server_name();
}

void SelfTest::add_certificate() {
  const X509* shown = visit_.session() ? visit_.session()->own_certificate() : nullptr;
  if (!shown) return;
  facts_.certificate = joined(crypto::names_of(*shown), ",");
  facts_.valid_until = rfc3339(crypto::not_after(*shown));
}

void SelfTest::add_client() {
  facts_.client = record_.client.ip_text();
  const http::Field* language = request().find(http::FieldName::AcceptLanguage);
  if (language) facts_.language = language->value.substr(0, SelfTestFacts::kMostOfLanguage);
}

void SelfTest::add_cookie() {
  bool is_open = scheme_of(request(), visit_.visitor()) != "https";
  facts_.cookie = kept_ ? "yes" : is_open ? "not-over-http" : "no";
}

void SelfTest::add_ticket() {
  std::optional<std::string> sent = sent_token(request());
  asked_ = !sent && asks_for_ticket();
  facts_.ticket = asked_ ? "none" : "not-asked";
  if (!sent) return;
  kerberos::Token token = kerberos::read_token(*sent);
  facts_.ticket = word_of(token.form);
  facts_.bytes = cat(sent->size());
  if (facts_.ticket == "kerberos") facts_.service = token.service.to_text();
}

}  // namespace pforte::gate
