#include "doctor/http_answerer.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

HttpAnswer answer_of(std::vector<HttpField> fields, std::string body = {}) {
  HttpAnswer answer;
  answer.status = 403;
  answer.fields = std::move(fields);
  answer.body = std::move(body);
  return answer;
}

TEST_CASE("who answered is known by what it says of itself or by its own page") {
  struct Row {
    HttpAnswer answer;
    std::string_view product;
    Role role;
  };
  const Row rows[] = {
      {answer_of({{"server", "nginx/1.22.1"}}), "nginx", Role::WebServer},
      {answer_of({{"Server", "Apache/2.4.57 (Debian)"}}), "Apache", Role::WebServer},
      {answer_of({{"Server", "Apache-Coyote/1.1"}}), "Tomcat", Role::Application},
      {answer_of({}, "<h3>Apache Tomcat/10.1.6</h3>"), "Tomcat", Role::Application},
      {answer_of({{"Server", "Microsoft-IIS/10.0"}, {"X-Powered-By", "ARR/3.0"}}), "IIS with ARR", Role::Balancer},
      {answer_of({{"Server", "nginx"}, {"X-Iinfo", "1-2-3"}}), "Imperva", Role::Firewall},
      {answer_of({{"Server", "Zscaler/6.2"}}), "Zscaler", Role::Filter},
      {answer_of({{"Via", "1.1 proxy (squid/5.7)"}, {"X-Squid-Error", "ERR_ACCESS_DENIED 0"}}), "Squid", Role::Filter},
      {answer_of({{"Server", "nginx"}, {"Pforte-Reference", "k3"}}), "Pforte", Role::Gate},
      {answer_of({{"Set-Cookie", "BIGipServerpool=1.2.3; path=/"}}), "F5 BIG-IP", Role::Balancer},
  };
  for (const Row& row : rows) {
    CAPTURE(row.product);
    std::optional<Answerer> who = who_answered(row.answer);
    REQUIRE(who);
    CHECK(who->product == row.product);
    CHECK(who->role == row.role);
    CHECK(!who->sign.empty());
  }
}

TEST_CASE("nobody is named without a sign") {
  CHECK(!who_answered(answer_of({{"Server", "unknown"}}, "Forbidden")));
  CHECK(name_of(std::nullopt).en == "the server");
}

TEST_CASE("a cookie's value is no sign") {
  std::optional<Answerer> who = who_answered(answer_of({{"Set-Cookie", "NSC_crm=secret"}}));
  REQUIRE(who);
  CHECK(who->sign == "Set-Cookie: NSC_");
}

TEST_CASE("the way of an answer is that of all its Via fields") {
  CHECK(way_of(answer_of({{"Via", "1.1 a"}, {"via", "1.1 b (squid)"}})) == "1.1 a, 1.1 b (squid)");
  CHECK(way_of(answer_of({})).empty());
}

}  // namespace
}  // namespace pforte::doctor
