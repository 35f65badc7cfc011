#include "app/sign_in_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "admin/openapi.h"
#include "app/sign_in_json.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

// A ticket that came too late, of somebody whose clock is behind.
gate::SignInTrail expired_ticket() {
  gate::SignInTrail trail;
  trail.reference = "0123456789abc";
  trail.time = std::chrono::system_clock::time_point(24h * 20000 + 250ms);
  trail.client = "192.0.2.7";
  trail.host = "app.example";
  trail.method = "GET";
  trail.path = "/app";
  trail.inquiry.waited = 40us;
  trail.inquiry.accepting = 1310us;
  kerberos::Presentation& seen = trail.inquiry.ticket.emplace();
  seen.form = kerberos::Token::Form::Spnego;
  seen.bytes = 812;
  seen.service = seen.key_owner = "HTTP/app.example@R";
  seen.key_version = 2;
  seen.encryption = 18;
  seen.keytab = "/etc/pforte/app.keytab";
  seen.key_versions = {1, 2};
  std::chrono::sys_seconds began(24h * 20000 - 10h);
  seen.opened = kerberos::OpenedTicket{.client = kerberos::parse_principal("susan@R").value(),
                                       .authenticated = began,
                                       .begins = began + 1h,
                                       .ends = began + 9h,
                                       .asked = began + 10h - 3s};
  trail.took = 2ms;
  add_refusal(trail, {Kind::Denied, "kerberos.expired",
                      "the ticket of susan@R expired 60 min ago (clocks may be 5 min apart)"});
  return trail;
}

Json document_of(gate::SignInTrail trail) {
  SignInAnswer answer;
  answer.finding.trail = std::make_shared<const gate::SignInTrail>(std::move(trail));
  return Json::parse(json_of(answer));
}

std::string shown(gate::SignInTrail trail, Language language) {
  return sign_in_text(document_of(std::move(trail)), language);
}

}  // namespace

TEST_CASE("a timeline has a line for each step, in the order in which they happened") {
  CHECK(shown(expired_ticket(), Language::English) ==
        "Sign-in 0123456789abc: refused: kerberos.expired\n"
        "  2024-10-03T14:00:00Z      susan@R logged on to the domain and got the ticket-granting ticket (steps 1-3)\n"
        "  2024-10-03T15:00:00Z      the KDC gave the ticket for HTTP/app.example@R, good until 2024-10-03T23:00:00Z "
        "(steps 4-5)\n"
        "  2024-10-03T23:59:57Z      the client presented it, by its own clock: 3 s behind ours (step 6)\n"
        "  2024-10-04T00:00:00.250Z  GET /app for app.example came from 192.0.2.7\n"
        "                            it offered SPNEGO with a Kerberos ticket, 812 bytes\n"
        "                            the ticket says: for HTTP/app.example@R, key version 2, aes256-cts-hmac-sha1-96\n"
        "  + 0.04 ms                 a thread was free, after 0.04 ms\n"
        "  + 1.35 ms                 the token was judged, in 1.31 ms\n"
        "                            opened by a key of HTTP/app.example@R in /etc/pforte/app.keytab, key version 2\n"
        "  + 2.00 ms                 stopped by kerberos.expired: the ticket of susan@R expired 60 min ago (clocks may "
        "be 5 min apart)\n"
        "                            what to do: get a new ticket: klist purge or kinit at the client; if all have it, "
        "set the clock here\n");
}

TEST_CASE("the same in German, what stopped it too") {
  std::string text = shown(expired_ticket(), Language::German);
  for (const char* part :
       {"Anmeldung 0123456789abc: abgelehnt: kerberos.expired\n", "(Schritte 1-3)", "3 s hinter unserer (Schritt 6)",
        "das Ticket von susan@R ist seit 60 min abgelaufen", "Abhilfe: ein neues Ticket holen",
        "  + 1,35 ms                 das Token geprüft, Dauer 1,31 ms\n"}) {
    CAPTURE(part);
    CHECK(text.contains(part));
  }
}

TEST_CASE("what a client wrote does not reach the terminal as control characters") {
  gate::SignInTrail trail = expired_ticket();
  trail.path = "/\x1b[2J\n";
  trail.inquiry.ticket->service = "HTTP/\x1b[2J@R";
  CHECK(!shown(trail, Language::English).contains('\x1b'));
}

TEST_CASE("whatever a gate of another version answers is shown as far as it is known") {
  for (const char* document : {"{}", R"({"ticket": 3, "providers": {"a": 1}, "times": []})",
                               R"({"outcome": "new", "providers": [1, {"said": "new"}], "ticket": {"opened": true}})"})
    CHECK(sign_in_text(Json::parse(document), Language::German).starts_with("Anmeldung"));
}

TEST_CASE("the OpenAPI document lists the keys of what is told of a sign-in, and of none") {
  Json schemas = Json::parse(admin::openapi_document())["components"]["schemas"];
  auto same_keys = [&](const Json& document, const Json& listed) {
    CHECK(document.size() == listed.size());
    for (const auto& [key, value] : document.items()) {
      CAPTURE(key);
      CHECK(listed.contains(key));
    }
  };
  Json document = document_of(expired_ticket());
  const Json& listed = schemas["SignIn"]["properties"];
  same_keys(document, listed);
  for (const char* part : {"request", "offered", "ticket", "times", "problem"})
    same_keys(document[part], listed[part]["properties"]);
  same_keys(Json::parse(json_of(SignInAnswer())), schemas["NoSignIn"]["properties"]);
}

TEST_CASE("why there is nothing to show comes with where to look") {
  Json document = {{"reference", "0123456789abc"}, {"why", "forgotten"}, {"kept", 1000}, {"access_log", "/a.log"}};
  CHECK(absence_of(document).what.en.contains("the last 1000 refusals"));
  CHECK(absence_of(document).remedy.de.contains("grep 0123456789abc /a.log"));
  document["why"] = "no-sign-in";
  CHECK(absence_of(document).what.en.contains("had no sign-in: its path asks for none, its session had begun before"));
  CHECK(absence_of(document).what.de.contains("ihr Pfad verlangt keine"));
  CHECK(absence_of(document).remedy.en.contains("by agent, decision and status: grep 0123456789abc /a.log"));
  document["why"] = "unknown";
  document["access_log"] = nullptr;
  CHECK(absence_of(document).remedy.en.contains("journalctl -u pforte --grep 0123456789abc"));
}

}  // namespace pforte::app
