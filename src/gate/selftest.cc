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
  visit_.note().self_tested(code_, findings_);
  SignInPage basis;
  basis.language = http::preferred_language(request().fields);
  if (plan_.sign_in) basis.brand = plan_.sign_in->config().brand;
  basis.reference = record_.reference;
  std::string shown;  // where nothing is noted, a code leads nowhere
  if (!visit_.note().off()) shown = cat(code_.substr(0, kCodeDigits / 2), '-', code_.substr(kCodeDigits / 2));
  http::Page page = self_test_page(asked_ ? 401 : 200, basis, shown, rows_);
  if (asked_) page.fields.emplace_back("WWW-Authenticate", "Negotiate");
  return page;
}

void SelfTest::add(Message what, std::string value, Message advice) {
  rows_.push_back({.what = std::move(what), .value = std::move(value), .advice = std::move(advice)});
}

void SelfTest::add_connection() {
  const tls::Session* session = visit_.session();
  if (session) {
    add({"TLS", "TLS"}, cat(session->version(), ", ", session->cipher()));
    std::string name = session->server_name().empty() ? "-" : session->server_name();
    Message advice;
    if (session->server_name().empty())
      advice = {
          "The browser named no host: there is an IP address in the address bar. Use the name instead.",
          "Der Browser hat keinen Host genannt: In der Adresszeile steht eine IP-Adresse. Bitte den Namen benutzen."};
    add({"Name asked for (SNI)", "Verlangter Name (SNI)"}, name, std::move(advice));
  } else {
    add({"TLS", "TLS"}, "-",
        {"TLS ends before this gate, or there is none.", "TLS endet vor diesem Tor, oder es gibt keines."});
  }
  add({"Protocol", "Protokoll"}, std::string(record_.protocol));
}

void SelfTest::add_certificate() {
  const X509* shown = visit_.session() ? visit_.session()->own_certificate() : nullptr;
  if (!shown) return;
  add({"Certificate", "Zertifikat"}, joined(crypto::names_of(*shown), ", "));
  add({"It is valid until", "Es gilt bis"}, rfc3339(crypto::not_after(*shown)),
      {"If the browser shows another date or issuer, something in between opens the connection.",
       "Zeigt der Browser ein anderes Datum oder einen anderen Aussteller, öffnet etwas dazwischen die Verbindung."});
}

void SelfTest::add_client() {
  add({"Your address, as it arrives here", "Ihre Adresse, wie sie hier ankommt"}, record_.client.ip_text());
  const http::Field* language = request().find(http::FieldName::AcceptLanguage);
  add({"Language", "Sprache"}, std::string(language ? language->value.substr(0, 60) : "-"));
}

void SelfTest::add_cookie() {
  bool is_open = scheme_of(request(), visit_.visitor()) != "https";
  findings_ += kept_ ? "cookie=yes" : is_open ? "cookie=not-over-http" : "cookie=no";
  if (kept_) return add({"Cookies", "Cookies"}, "✓");
  if (is_open)
    return add({"Cookies", "Cookies"}, "-",
               {"This page came without encryption (http://), and our cookies go over https:// alone. Open it there.",
                "Diese Seite kam unverschlüsselt (http://), und unsere Cookies gehen nur über https://. Bitte dort "
                "öffnen."});
  add({"Cookies", "Cookies"}, "✗",
      {"The browser does not send cookies back: nobody can stay signed in without. Allow them for this site.",
       "Der Browser sendet Cookies nicht zurück: Ohne sie bleibt niemand angemeldet. Bitte für diese Seite erlauben."});
}

void SelfTest::add_ticket() {
  Message what = {"Single sign-on", "Single Sign-on"};
  std::optional<std::string> sent = sent_token(request());
  if (!sent && !asks_for_ticket()) {
    findings_ += " ticket=not-asked";
    return add(std::move(what), "-", {"This site does not ask for tickets.", "Diese Seite fragt nicht nach Tickets."});
  }
  if (!sent) {
    asked_ = true;
    findings_ += " ticket=none";
    return add(
        std::move(what), "✗",
        {"The browser was asked for a Kerberos ticket and sent none: it does not know this site as one that may have "
         "it, or this computer has not logged on to the domain. A browser that is asked for the first time may need "
         "the page to be loaded again.",
         "Der Browser wurde nach einem Kerberos-Ticket gefragt und hat keines gesandt: Er kennt diese Seite nicht als "
         "eine, die es haben darf, oder dieser Computer ist nicht an der Domäne angemeldet. Ein Browser, der zum "
         "ersten "
         "Mal gefragt wird, braucht manchmal ein Neuladen der Seite."});
  }
  kerberos::Token token = kerberos::read_token(*sent);
  std::string_view word = word_of(token.form);
  findings_ += cat(" ticket=", word, " bytes=", sent->size());
  if (word == "kerberos") {
    findings_ += cat(" service=", token.service.to_text().substr(0, 120));
    return add(std::move(what), cat("✓ Kerberos, ", sent->size(), " Bytes, ", token.service.to_text()));
  }
  if (word == "ntlm")
    return add(
        std::move(what), "✗ NTLM",
        {"The browser sent NTLM instead of a Kerberos ticket: it got none for this name, since it has not logged on to "
         "the domain, the name is not registered there (SPN), or an IP address is in the address bar.",
         "Der Browser hat NTLM statt eines Kerberos-Tickets gesandt: Er bekam für diesen Namen keines, weil er nicht "
         "an "
         "der Domäne angemeldet ist, der Name dort nicht eingetragen ist (SPN) oder in der Adresszeile eine "
         "IP-Adresse steht."});
  add(std::move(what), cat("✗ ", word),
      {"The browser sent something that is no Kerberos ticket.",
       "Der Browser hat etwas gesandt, das kein Kerberos-Ticket ist."});
}

}  // namespace pforte::gate
