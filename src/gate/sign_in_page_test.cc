#include "gate/sign_in_page.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace pforte::gate {

namespace {

std::string_view field_of(const http::Page& page, std::string_view name) {
  for (const auto& [found, value] : page.fields) {
    if (found == name) return value;
  }
  return {};
}

SignInPage basis(Language language = Language::English) {
  SignInPage page;
  page.language = language;
  page.brand.name = "CRM";
  page.reference = "r-1";
  page.return_path = "/a?b=c&d";
  page.token = "the-token";
  page.signed_in_as = "Susan Meier";
  page.single_sign_on = SingleSignOn::Offered;
  return page;
}

struct Named {
  std::string_view name;
  http::Page page;
};

std::array<Named, 5> every_page(const SignInPage& page) {
  return {{{"login", login_page(401, page)},
           {"signed out", signed_out_page(page)},
           {"sign out", sign_out_page(page)},
           {"forbidden", forbidden_page(page)},
           {"unknown", unknown_agent_page("susan@A", page)}}};
}

}  // namespace

TEST_CASE("the form sends login, password, token and where to go on") {
  http::Page page = login_page(401, basis());
  CHECK(page.status == 401);
  for (std::string_view part : {"<form method=\"post\" action=\"/.pforte/login\">", "name=\"user\"",
                                "name=\"password\" type=\"password\"", "name=\"token\" value=\"the-token\"",
                                "name=\"return\" value=\"/a?b=c&amp;d\"", "<button type=\"submit\">Sign in<"}) {
    CAPTURE(part);
    CHECK(page.body.contains(part));
  }
}

TEST_CASE("password managers, keyboards and screen readers know the fields") {
  std::string body = login_page(200, basis()).body;
  for (std::string_view part :
       {"<label for=\"user\">User name</label>", "<label for=\"password\">Password</label>", "id=\"user\"",
        "id=\"password\"", "autocomplete=\"username\"", "autocomplete=\"current-password\"", "autocapitalize=\"none\"",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "<title>Sign in – CRM</title>"}) {
    CAPTURE(part);
    CHECK(body.contains(part));
  }
  CHECK_FALSE(body.contains("aria-describedby"));
}

TEST_CASE("the cursor stands where something is to be typed") {
  SignInPage page = basis();
  std::string body = login_page(200, page).body;
  CHECK(body.contains("value=\"\" autofocus"));
  CHECK_FALSE(body.contains("\"current-password\" autofocus"));
  page.login = "susan";
  body = login_page(200, page).body;
  CHECK(body.contains("value=\"susan\">"));
  CHECK(body.contains("\"current-password\" autofocus"));
  CHECK_FALSE(unknown_agent_page("susan@A", page).body.contains("autofocus"));  // there is something to read first
}

TEST_CASE("a problem is announced, in the title as well, and belongs to the fields") {
  SignInPage page = basis();
  page.problem = SignInProblem::wrong_password();
  std::string body = login_page(401, page).body;
  CHECK(body.contains("<title>Not signed in – CRM</title>"));
  CHECK(body.contains("id=\"problem\" role=\"alert\">User name or password is wrong."));
  CHECK(body.contains("aria-describedby=\"problem\" aria-invalid=\"true\""));
  page.problem = SignInProblem::no_provider();
  body = login_page(401, page).body;
  CHECK(body.contains("aria-describedby=\"problem\">"));
  CHECK_FALSE(body.contains("aria-invalid=\"true\""));
}

TEST_CASE("a page without the problem does not refer to it") {
  SignInPage page = basis();
  page.problem = SignInProblem::wrong_password();
  for (const http::Page& shown : {signed_out_page(page), unknown_agent_page("susan@A", page)}) {
    CHECK_FALSE(shown.body.contains("aria-describedby"));
    CHECK_FALSE(shown.body.contains("aria-invalid=\"true\""));
  }
}

TEST_CASE("single sign-on is offered where it can be tried") {
  SignInPage page = basis();
  std::string_view link = "href=\"/.pforte/sso?return=/a%3Fb%3Dc%26d\">";
  std::string body = login_page(200, page).body;
  CHECK(body.contains(cat(link, "Use single sign-on<")));
  page.single_sign_on = SingleSignOn::Again;
  CHECK(login_page(200, page).body.contains(cat(link, "Try single sign-on again<")));
  page.single_sign_on = SingleSignOn::NotOffered;
  CHECK_FALSE(login_page(200, page).body.contains("/.pforte/sso"));
}

TEST_CASE("without a provider of passwords there is no form, and without any way in it is said") {
  SignInPage page = basis();
  page.takes_passwords = false;
  CHECK_FALSE(login_page(200, page).body.contains("<form"));
  CHECK(login_page(200, page).body.contains("/.pforte/sso"));
  CHECK_FALSE(unknown_agent_page("susan@A", page).body.contains("<form"));
  page.single_sign_on = SingleSignOn::NotOffered;
  CHECK(login_page(200, page).body.contains("Nobody can sign in right now."));
}

TEST_CASE("whoever is signed in may become somebody else or stay") {
  SignInPage page = basis();
  std::string body = login_page(200, page).body;
  CHECK(body.contains("You are signed in as <strong>Susan Meier</strong>."));
  CHECK(body.contains("<a href=\"/a?b=c&amp;d\">Stay signed in</a>"));
  page.signed_in_as.clear();
  CHECK_FALSE(login_page(200, page).body.contains("Stay signed in"));
}

TEST_CASE("signing out is asked about by a form with a token, and said afterwards") {
  http::Page page = sign_out_page(basis());
  CHECK(page.status == 200);
  CHECK(page.body.contains("<form method=\"post\" action=\"/.pforte/logout\">"));
  CHECK(page.body.contains("name=\"token\" value=\"the-token\""));
  http::Page after = signed_out_page(basis());
  CHECK(after.status == 200);
  CHECK(after.body.contains("role=\"status\">You are signed out."));
  CHECK(after.body.contains("action=\"/.pforte/login\""));
}

TEST_CASE("who may not is told as whom, and can sign in as somebody else") {
  http::Page page = forbidden_page(basis(Language::German));
  CHECK(page.status == 403);
  CHECK(page.body.contains("<strong>Susan Meier</strong>. Dieses Konto darf die Seite nicht öffnen."));
  CHECK(page.body.contains("href=\"/.pforte/login?return=/a%3Fb%3Dc%26d\">Als jemand anderes anmelden<"));
  CHECK(page.body.contains("<code>r-1</code>"));
}

TEST_CASE("whom nobody knows is told the name that was proved, whom to ask, and another way") {
  SignInPage basis_page = basis();
  basis_page.brand.notice_en = "Call 1234.";
  http::Page page = unknown_agent_page("susan@A", basis_page);
  CHECK(page.status == 403);
  CHECK(page.body.contains("<strong>susan@A</strong>. But this application has no account for you yet."));
  CHECK(page.body.contains("Call 1234."));
  CHECK(page.body.contains("action=\"/.pforte/login\""));
  std::string body = unknown_agent_page("", basis_page).body;
  CHECK_FALSE(body.contains("<strong>"));
  CHECK(body.contains("no account for you yet"));
}

TEST_CASE("every page comes in English and in German") {
  for (const auto& [name, page] : every_page(basis(Language::German))) {
    CAPTURE(name);
    CHECK(field_of(page, "Content-Language") == "de");
    CHECK(page.body.contains("<html lang=\"de\">"));
    CHECK_FALSE(page.body.contains("ign in"));
    CHECK_FALSE(page.body.contains(" you "));
  }
  for (const auto& [name, page] : every_page(basis())) {
    CAPTURE(name);
    CHECK(field_of(page, "Content-Language") == "en");
    CHECK(page.body.contains("<html lang=\"en\">"));
    CHECK_FALSE(page.body.contains(" Sie "));
  }
}

TEST_CASE("every page has the fields that keep it from being stored, framed, guessed at and referred to") {
  for (const auto& [name, page] : every_page(basis())) {
    CAPTURE(name);
    CHECK(field_of(page, "Content-Type") == "text/html; charset=utf-8");
    CHECK(field_of(page, "Cache-Control") == "no-store");
    CHECK(field_of(page, "X-Content-Type-Options") == "nosniff");
    CHECK(field_of(page, "X-Frame-Options") == "DENY");
    CHECK(field_of(page, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(field_of(page, "Pforte-Reference") == "r-1");
    CHECK(page.body.contains("<code>r-1</code>"));
    // With no-referrer a browser would send its forms with `Origin: null`.
    CHECK(field_of(page, "Referrer-Policy") == "same-origin");
  }
}

TEST_CASE("a page's policy allows its own styles and forms to this site, and nothing else") {
  SignInPage page = basis();
  page.brand.color = "#ffd400";
  for (const auto& [name, shown] : every_page(page)) {
    CAPTURE(name);
    std::string hashes;
    std::string_view rest = shown.body;
    for (std::size_t at = rest.find("<style>"); at != std::string_view::npos; at = rest.find("<style>")) {
      rest.remove_prefix(at + 7);
      crypto::Sha256 hash = crypto::sha256(rest.substr(0, rest.find("</style>")));
      hashes += cat(" 'sha256-", to_base64({reinterpret_cast<const char*>(hash.data()), hash.size()}), "'");
    }
    CHECK(field_of(shown, "Content-Security-Policy") ==
          cat("default-src 'none'; style-src", hashes,
              "; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
    CHECK_FALSE(shown.body.contains("<script"));
    CHECK_FALSE(shown.body.contains("style=\""));
    CHECK_FALSE(shown.body.contains("://"));
  }
}

TEST_CASE("whatever is inserted is text and nothing else") {
  constexpr std::string_view kEvil = "\"'><script>alert(1)</script>&\xff";
  SignInPage page = basis();
  page.brand.name = page.brand.notice_en = page.brand.color = page.reference = page.token = page.login =
      page.signed_in_as = kEvil;
  page.return_path = "/\"><script>";
  page.problem = SignInProblem::conflict(kEvil);
  for (const auto& [name, shown] : every_page(page)) {
    CAPTURE(name);
    CHECK_FALSE(shown.body.contains("<script"));
    CHECK_FALSE(shown.body.contains("\"'>"));
    CHECK_FALSE(shown.body.contains("\xff"));
    CHECK(shown.body.contains("&lt;script&gt;"));
  }
  CHECK_FALSE(unknown_agent_page(std::string(kEvil), page).body.contains("<script"));
}

TEST_CASE("no page links to another site, even if it is asked to") {
  SignInPage page = basis();
  page.return_path = "javascript:alert(1)";
  CHECK(login_page(200, page).body.contains("<a href=\"/\">Stay signed in</a>"));
  CHECK_FALSE(sign_out_page(page).body.contains("href=\"javascript"));
}

TEST_CASE("a brand shows its logo and its notice, in the other language if need be") {
  SignInPage page = basis(Language::German);
  CHECK(login_page(200, page).body.contains("<svg "));
  CHECK_FALSE(login_page(200, page).body.contains("/.pforte/logo"));
  page.brand.logo = conf::Text{"/etc/pforte/logo.svg", {}};
  page.brand.notice_en = "Call 1234.";
  std::string body = login_page(200, page).body;
  CHECK(body.contains("<img src=\"/.pforte/logo\" alt=\"\">"));
  CHECK_FALSE(body.contains("/etc/pforte"));
  CHECK(body.contains("Call 1234."));
  page.brand.notice_de = "Rufen Sie 1234 an.";
  CHECK_FALSE(login_page(200, page).body.contains("Call 1234."));
}

TEST_CASE("a page without brand and reference is whole as well") {
  http::Page page = login_page(200, {});
  CHECK(page.body.contains("<title>Sign in</title>"));
  CHECK_FALSE(page.body.contains("<footer>"));
  CHECK(field_of(page, "Pforte-Reference").empty());
}

}  // namespace pforte::gate
