#include "demo/application.h"

#include <doctest/doctest.h>

#include <array>

#include "base/text.h"
#include "http/h1_server.h"
#include "net/memory_pipe.h"
#include "net/testing.h"

namespace pforte::demo {
namespace {

// The demo's answer to these bytes, its head included.
std::string answer_to(std::string_view request) {
  net::Loop loop;
  net::MemoryPipe pipe;
  DemoApplication application;
  http::ServerLimits limits;
  http::H1Server server(loop, pipe.right, application, limits);
  std::array<std::string_view, 1> pieces{request};
  pipe.left.try_write(pieces);
  pipe.left.finish();
  CHECK(net::run(loop, server.run()));
  std::string all(65536, '\0');
  all.resize(pipe.left.try_read(all).bytes);
  return all;
}

TEST_CASE("the demo's application tells a program what it received") {
  std::string got = answer_to(
      "POST /rest/a%20b;v=1?q=%2f HTTP/1.1\r\nHost: app.localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"
      "Content-Length: 4\r\n\r\n\"\xc3\xbc\n");
  CHECK(got.starts_with("HTTP/1.1 200 OK\r\n"));
  std::size_t body = got.find("\r\n\r\n") + 4;
  CHECK(
      got.substr(body) ==
      R"({"context": "/rest", "method": "POST", "target": "/rest/a%20b;v=1?q=%2f", "path": "/rest/a b", )"
      R"("client": "192.0.2.1", "agent": "", "headers": [["Host", "app.localhost"], ["X-Forwarded-For", "192.0.2.1"], )"
      "[\"Content-Length\", \"4\"]], \"body_bytes\": 4, \"body\": \"\\\"\xc3\xbc\\n\"}\n");
}

TEST_CASE("the demo's application shows a browser a page in its language, and nothing of it is markup from outside") {
  struct Row {
    std::string_view language, says;
  };
  const Row rows[] = {{"de", "<h1>der Webclient</h1>"}, {"en", "<h1>the web client</h1>"}};
  for (const Row& row : rows) {
    CAPTURE(row.language);
    std::string got = answer_to(
        cat("GET /webclient HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Language: ", row.language,
            "\r\nX: <b>\"&\r\n\r\n"));
    CHECK(got.contains("Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(got.contains(row.says));
    CHECK(got.contains("&lt;b&gt;"));
    CHECK(!got.contains("<b>"));
  }
}

TEST_CASE("the demo's application says who is signed in, to people and to programs") {
  std::string_view told = "Remote-User: s<b>\r\nPforte-Method: kerberos\r\nPforte-Principal: susan@ALPHA.TEST\r\n";
  std::string page = answer_to(cat("GET /webclient HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n", told, "\r\n"));
  CHECK(page.contains("Signed in: s&lt;b&gt;</strong>"));
  CHECK(page.contains("<code>susan@ALPHA.TEST</code>"));
  CHECK(page.contains("href=\"/.pforte/logout\""));
  CHECK(answer_to(cat("GET /rest HTTP/1.1\r\nHost: a\r\n", told, "\r\n")).contains(R"("agent": "s<b>")"));
  page = answer_to("GET /webclient HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
  CHECK(page.contains("Nobody is signed in."));
}

TEST_CASE("without a gate the demo's management is reached through the web client") {
  struct Row {
    std::string_view path, context;
  };
  const Row rows[] = {
      {"/management", "/management"},
      {"/webclient/..;/management", "/management"},
      {"/webclient/%2e%2e/management/users", "/management"},
      {"/webclient", "/webclient"},
      {"/webclient/admin/users", "/webclient/admin"},
      {"/webclientx", ""},
      {"/", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    std::string got = answer_to(cat("GET ", row.path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    CHECK(got.contains(cat("{\"context\": \"", row.context, "\"")));
  }
}

TEST_CASE("the demo's application repeats the start of a long body and counts all of it") {
  std::string body(100'000, 'x');
  std::string got = answer_to(cat("PUT /rest HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", body));
  CHECK(got.contains("\"body_bytes\": 100000, \"body\": \"xxx"));
  CHECK(got.size() < 5000);
}

TEST_CASE("the demo's application is well, and says why it refuses") {
  CHECK(answer_to("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\nok\n"));
  std::string got = answer_to("GET / HTTP/1.1\r\nHost : a\r\n\r\n");
  CHECK(got.starts_with("HTTP/1.1 400 "));
  CHECK(got.contains("http.space-before-colon: "));
}

}  // namespace
}  // namespace pforte::demo
