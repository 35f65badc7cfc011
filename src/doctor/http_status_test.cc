#include "doctor/http_status.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

// Ids and levels of what is told about an answer.
std::vector<std::string> judged(HttpAnswer answer, std::string_view url = "https://crm.example.com/app") {
  HttpSubject subject{.dial = {}, .destination = read_url(url).value(), .hop = 1};
  Path path("x", {{.name = {"a", "a"}}, {.name = {"b", "b"}}});
  HttpTeller teller(subject, path);
  if (answer.status == 401) tell_challenges(teller, answer);
  if (answer.status != 401) tell_status(teller, answer);
  std::vector<std::string> told;
  for (const Finding* one : path.in_order())
    told.push_back(std::string(one->check.id) + " " + std::string(name_of(one->level)));
  return told;
}

HttpAnswer with_status(int status, std::vector<HttpField> fields = {}, std::string body = {}) {
  HttpAnswer answer;
  answer.status = status;
  answer.keep_alive = true;
  answer.fields = std::move(fields);
  answer.body = std::move(body);
  return answer;
}

TEST_CASE("a status is told for what it means") {
  struct Row {
    int status;
    std::string_view want;
  };
  const Row rows[] = {
      {200, "http.answers ok"},
      {204, "http.answers ok"},
      {400, "http.bad-request error"},
      {403, "http.forbidden error"},
      {404, "http.not-found error"},
      {407, "http.proxy-sign-in error"},
      {410, "http.refused error"},
      {421, "http.misdirected error"},
      {429, "http.too-many-requests error"},
      {500, "http.server-error error"},
      {502, "http.bad-gateway error"},
      {503, "http.unavailable error"},
      {504, "http.gateway-timeout error"},
      {599, "http.server-error error"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CHECK(judged(with_status(row.status)) == std::vector<std::string>{std::string(row.want)});
  }
}

TEST_CASE("at the root of a host nothing need be found") {
  CHECK(judged(with_status(404), "https://crm.example.com/") == std::vector<std::string>{"http.not-found note"});
  CHECK(judged(with_status(403), "https://crm.example.com/") == std::vector<std::string>{"http.forbidden warning"});
}

TEST_CASE("what does not pass a health check is an error, also at the root") {
  HttpSubject subject{
      .dial = {}, .destination = read_url("http://10.0.0.1/").value(), .hop = 1, .healthy = HealthyStatuses()};
  auto told_of = [&](int status) {
    Path path("x", {{.name = {"a", "a"}}, {.name = {"b", "b"}}});
    HttpTeller teller(subject, path);
    tell_health(teller, with_status(status));
    const Finding* first = path.first_error();
    return first == nullptr ? std::string_view() : first->check.id;
  };
  CHECK(told_of(200) == "");
  CHECK(told_of(302) == "");
  for (int status : {401, 403, 404, 503}) CHECK(told_of(status) == "http.unhealthy");
  subject.healthy = {.from = 200, .to = 499};
  CHECK(told_of(404) == "");
}

TEST_CASE("a filter's page is a block whatever its status, a filter's trace is not") {
  CHECK(judged(with_status(200, {}, "Your support ID is: 17")) == std::vector<std::string>{"http.blocked error"});
  CHECK(judged(with_status(200, {{"Server", "Zscaler/6.2"}})) == std::vector<std::string>{"http.answers ok"});
  CHECK(judged(with_status(503, {{"Server", "Zscaler/6.2"}})) == std::vector<std::string>{"http.blocked error"});
}

TEST_CASE("the ways to sign in are judged together") {
  auto offers = [](std::vector<HttpField> fields) { return judged(with_status(401, std::move(fields))); };
  CHECK(offers({{"WWW-Authenticate", "Negotiate"}}) == std::vector<std::string>{"http.sign-in ok"});
  CHECK(offers({{"WWW-Authenticate", "Negotiate, NTLM"}}) == std::vector<std::string>{"http.sign-in ok"});
  CHECK(offers({{"WWW-Authenticate", "NTLM"}}) ==
        std::vector<std::string>{"http.ntlm-only warning", "http.sign-in ok"});
  CHECK(offers({{"WWW-Authenticate", "NTLM"}, {"WWW-Authenticate", "Negotiate"}}) ==
        std::vector<std::string>{"http.ntlm-first warning", "http.sign-in ok"});
  CHECK(offers({}) == std::vector<std::string>{"http.no-challenge error"});
  CHECK(offers({{"WWW-Authenticate", "Basic realm=\"a, b\""}}) == std::vector<std::string>{"http.sign-in ok"});
}

TEST_CASE("NTLM on a connection that is closed is told") {
  HttpAnswer answer = with_status(401, {{"WWW-Authenticate", "Negotiate, NTLM"}});
  answer.keep_alive = false;
  CHECK(judged(std::move(answer)) == std::vector<std::string>{"http.negotiate-closes warning", "http.sign-in ok"});
}

TEST_CASE("a login form is known by its input for a password") {
  CHECK(has_login_form(with_status(200, {}, "<INPUT TYPE=\"password\" name=p>")));
  CHECK(!has_login_form(with_status(200, {}, "the password is")));
}

}  // namespace
}  // namespace pforte::doctor
