#include "doctor/redaction.h"

#include <doctest/doctest.h>

#include "doctor/path.h"

namespace pforte::doctor {
namespace {

TEST_CASE("secrets are masked and what is around them stays") {
  struct Row {
    std::string_view text, want;
  };
  const Row rows[] = {
      {"http://eva:geheim@proxy.example.com:3128/", "http://***@proxy.example.com:3128/"},
      {"http://a@b:c@proxy/ and https://token@git.example.com", "http://***@proxy/ and https://***@git.example.com"},
      {"mail eva@example.com about https://example.com/a@b", "mail eva@example.com about https://example.com/a@b"},
      {"Authorization: Basic ZXZhOmdlaGVpbQ==", "Authorization: Basic ***"},
      {"Proxy-Authorization: Digest username=\"eva\"", "Proxy-Authorization: Digest ***"},
      {"curl -H 'Authorization: Bearer abc' https://crm/", "curl -H 'Authorization: Bearer ***' https://crm/"},
      {"/back?code=4711 and code=4711", "/back?code=*** and code=4711"},
      {"it sent Negotiate YIIGhgYGKwYBBQUCoIIGejCCBnag back", "it sent Negotiate *** back"},
      {"Negotiate stands before NTLM, and Basic authentication",
       "Negotiate stands before NTLM, and Basic authentication"},
      {"it offers Negotiate and Bearer", "it offers Negotiate and Bearer"},
      {"the token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJldmEifQ.abc was old", "the token *** was old"},
      {"Cookie: JSESSIONID=17ab; theme=dark", "Cookie: JSESSIONID=***; theme=***"},
      {"Set-Cookie: id=17ab; Path=/; Secure", "Set-Cookie: id=***; Path=/; Secure"},
      {"/login?user=eva&password=x&lang=de", "/login?user=eva&password=***&lang=de"},
      {"/app;jsessionid=17AB?a=1", "/app;jsessionid=***"},
      {"curl -u eva:geheim https://crm/", "curl -u eva:*** https://crm/"},
      {"curl --negotiate -u : https://crm/", "curl --negotiate -u : https://crm/"},
      {"try it with `curl --proxy-negotiate -U :` and a ticket",
       "try it with `curl --proxy-negotiate -U :` and a ticket"},
      {"give a user: --via http://USER:PASSWORD@HOST:PORT", "give a user: --via http://USER:PASSWORD@HOST:PORT"},
      {"--via http://BENUTZER@RECHNER:PORT", "--via http://BENUTZER@RECHNER:PORT"},
      {"curl -U USER:PASSWORD x", "curl -U USER:PASSWORD x"},
      {"https://hooks.slack.com/services/T0/B0/SECRET", "https://hooks.slack.com/***"},
      {"curl -v 'https://HOOKS.slack.com:8443/services/T0?a=b' -k", "curl -v 'https://HOOKS.slack.com:8443/***' -k"},
      {"url https://x1.webhook.office.com/webhookb2/17, twice", "url https://x1.webhook.office.com/***, twice"},
      {"https://discord.com/api/webhooks/17/abc", "https://discord.com/api/webhooks/***"},
      {"https://discord.com/channels/17", "https://discord.com/channels/17"},
      {"https://hooks.slack.com/ and hooks.slack.com:443", "https://hooks.slack.com/ and hooks.slack.com:443"},
      {"-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----",
       "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----"},
      {"the issuer is CN=Example CA", "the issuer is CN=Example CA"},
      {"keyed=1 monkey=2", "keyed=1 monkey=2"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(redacted(row.text) == row.want);
    CHECK(redacted(row.want) == row.want);
  }
}

TEST_CASE("evidence is masked by its name") {
  Finding finding{.check = {},
                  .evidence = {{.name = {"Cookie", "Cookie"}, .value = "a=1; b=2"},
                               {.name = {"Set-Cookie", "Set-Cookie"}, .value = "a=1; Path=/"},
                               {.name = {"Authorization", "Authorization"}, .value = "Custom abc"},
                               {.name = {"Password", "Passwort"}, .value = "hunter2"},
                               {.name = {"issuer", "Aussteller"}, .value = "CN=CA"}}};
  redact(finding);
  CHECK(finding.evidence[0].value == "a=***; b=***");
  CHECK(finding.evidence[1].value == "a=***; Path=/");
  CHECK(finding.evidence[2].value == "Custom ***");
  CHECK(finding.evidence[3].value == "***");
  CHECK(finding.evidence[4].value == "CN=CA");
}

TEST_CASE("a path keeps no secret of what it is told") {
  Path path("http://eva:geheim@crm/", {{.name = {"client", "Client"}}, {.name = {"proxy http://a:b@p/", "x"}}});
  path.tell({.check = {}, .hop = 1, .seen = {"it is http://a:b@p/", "es ist http://a:b@p/"}});
  CHECK(path.subject() == "http://***@crm/");
  CHECK(path.hops()[1].name.en == "proxy http://***@p/");
  CHECK(path.in_order()[0]->seen.de == "es ist http://***@p/");
}

}  // namespace
}  // namespace pforte::doctor
