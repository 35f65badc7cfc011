#include "http/page.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "http/escape.h"
#include "http/h1_server.h"
#include "http/page_text.h"
#include "net/memory_pipe.h"
#include "net/testing.h"

namespace pforte::http {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

RequestHead request_with(std::string_view accept, std::string_view languages) {
  RequestHead head;
  if (!accept.empty()) head.fields.push_back({"Accept", accept, FieldName::Accept});
  if (!languages.empty()) head.fields.push_back({"Accept-Language", languages, FieldName::AcceptLanguage});
  return head;
}

std::string_view field_of(const Page& page, std::string_view name) {
  for (const auto& [found, value] : page.fields) {
    if (found == name) return value;
  }
  return {};
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Answers everything with one page.
class OnePage final : public Service {
 public:
  explicit OnePage(Page page) : page_(std::move(page)) {}
  net::Task<> serve(Exchange& exchange) override { return answer(exchange, page_); }
  net::Task<> refuse(Exchange& exchange, Refusal) override { return answer(exchange, page_); }

 private:
  Page page_;
};

std::string answer_to(std::string_view request, Page page) {
  net::Loop loop;
  net::MemoryPipe pipe;
  OnePage service(std::move(page));
  ServerLimits limits;
  H1Server server(loop, pipe.right, service, limits);
  std::array<std::string_view, 1> pieces{request};
  pipe.left.try_write(pieces);
  pipe.left.finish();
  CHECK(net::run(loop, server.run()));
  std::string all(65536, '\0');
  std::size_t length = pipe.left.try_read(all).bytes;
  return all.substr(0, length);
}

}  // namespace

TEST_CASE("the language follows Accept-Language with its weights") {
  struct Row {
    std::string_view header;
    Language want;
  };
  using enum Language;
  const Row rows[] = {
      {"", English},
      {"de", German},
      {"de-DE,de;q=0.9,en;q=0.8", German},
      {"DE-at", German},
      {"en-US,en;q=0.9,de;q=0.8", English},
      {"fr", English},
      {"fr,de;q=0.5", German},
      {"en;q=0.3,de;q=0.7", German},
      {"en;q=0.7 , de ; q=0.3", English},
      {"de;q=0,en", English},
      {"de;q=0", English},
      {"de,en", German},
      {"en,de", English},
      {"*,de;q=0.5", English},
      {"de,*;q=0.5", German},
      {"den,deu", English},
      {"d", English},
      {"de;q=x,en;q=0.1", English},
      {"de;q=1.0000000,en;q=0.5", English},  // too many digits: cannot be read
      {",,de", German},
      {"en;q=0.999,de;q=1.000", German},
  };
  for (const Row& row : rows) {
    CAPTURE(row.header);
    CHECK(preferred_language(request_with("", row.header).fields) == row.want);
  }
}

TEST_CASE("a browser is who asks for text/html") {
  struct Row {
    std::string_view accept;
    bool want;
  };
  const Row rows[] = {
      {"", false},
      {"*/*", false},
      {kBrowser, true},
      {"application/json", false},
      {"text/html", true},
      {"TEXT/HTML;q=0.1", true},
      {"text/html;q=0", false},
      {"text/html;level=1", true},
      {"text/htmlx", false},
      {"text/*", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.accept);
    CHECK(wants_html(request_with(row.accept, "").fields) == row.want);
  }
}

TEST_CASE("a browser gets a page in its language that shows the reference") {
  Page german = error_page(404, "path.not-allowed", "r-1", request_with(kBrowser, "de"));
  CHECK(german.status == 404);
  CHECK(field_of(german, "Content-Type") == "text/html; charset=utf-8");
  CHECK(field_of(german, "Content-Language") == "de");
  CHECK(contains(german.body, "<html lang=\"de\">"));
  CHECK(contains(german.body, "Hier ist nichts"));
  CHECK(contains(german.body, "<code>r-1</code>"));
  Page english = error_page(404, "path.not-allowed", "r-1", request_with(kBrowser, "fr"));
  CHECK(contains(english.body, "<html lang=\"en\">"));
  CHECK(contains(english.body, "There is nothing here"));
}

TEST_CASE("any other client gets a problem document") {
  Page page = error_page(413, "http.body-too-long", "r-2", request_with("application/json", "en"));
  CHECK(field_of(page, "Content-Type") == "application/problem+json");
  CHECK(
      page.body ==
      R"({"type":"about:blank","title":"Content Too Large","status":413,"detail":"The file or form is larger than what )"
      R"(is accepted here. Send less at once, or ask your administrator to allow more.","code":"http.body-too-long",)"
      "\"reference\":\"r-2\"}\n");
  CHECK(contains(error_page(599, "", "", {}).body, R"("title":"This did not work","status":599)"));
}

TEST_CASE("every error page has its safety fields and its reference") {
  for (int status : {400, 404, 418, 500, 502, 505}) {
    for (std::string_view accept : {kBrowser, "*/*"sv}) {
      CAPTURE(status);
      Page page = error_page(status, "x", "r-3", request_with(accept, "de"));
      CHECK(field_of(page, "Pforte-Reference") == "r-3");
      CHECK(field_of(page, "Cache-Control") == "no-store");
      CHECK(field_of(page, "X-Content-Type-Options") == "nosniff");
      CHECK(field_of(page, "Content-Security-Policy").starts_with("default-src 'none'; style-src 'sha256-"));
      CHECK_FALSE(contains(page.body, "script"));
      CHECK_FALSE(contains(page.body, "http"));
    }
  }
}

TEST_CASE("what is not allowed and what does not exist look the same") {
  for (std::string_view accept : {kBrowser, "*/*"sv}) {
    RequestHead request = request_with(accept, "de");
    Page one = error_page(404, "path.not-allowed", "r-4", request);
    Page other = error_page(404, "site.unknown", "r-4", request);
    CHECK(one.body == other.body);
    CHECK(one.fields == other.fields);
  }
}

TEST_CASE("a reason is shown when it is the client's own affair, and never otherwise") {
  for (int status : {400, 403, 404, 405, 408, 413, 414, 421, 431, 500, 501, 502, 503, 504, 505, 418, 599}) {
    CAPTURE(status);
    bool shown = contains(error_page(status, "the-code", "r", {}).body, "the-code");
    bool shown_in_html = contains(error_page(status, "the-code", "r", request_with(kBrowser, "")).body, "the-code");
    CHECK(shown == explanation_of(status).tells_code);
    CHECK(shown_in_html == shown);
    bool hidden = status == 403 || status == 404 || status == 500 || (status >= 502 && status <= 504);
    if (hidden) CHECK_FALSE(shown);
  }
}

TEST_CASE("whose ticket is too large is shown the way to the form") {
  constexpr std::string_view kCode = "http.authorization-too-large";
  Page german = error_page(431, kCode, "r-6", request_with(kBrowser, "de"));
  CHECK(contains(german.body, "Ticket"));
  CHECK(contains(german.body, "<a href=\"/.pforte/login\">Anmelden</a>"));
  CHECK_FALSE(contains(german.body, "Cookies"));
  CHECK(contains(error_page(431, kCode, "r-6", request_with(kBrowser, "en")).body, "\">Sign in</a>"));
  Page problem = error_page(431, kCode, "r-6", request_with("*/*", "en"));
  CHECK(contains(problem.body, "/.pforte/login"));
  CHECK_FALSE(contains(problem.body, "cookies"));
  CHECK(contains(error_page(431, "http.head-too-large", "r-6", {}).body, "cookies"));
}

TEST_CASE("what is inserted is escaped") {
  std::string_view evil = "\"><b>&\xff";
  CHECK(contains(error_page(400, evil, evil, request_with(kBrowser, "")).body, "&quot;&gt;&lt;b&gt;&amp;\xef\xbf\xbd"));
  CHECK(contains(error_page(400, evil, evil, {}).body, "\"reference\":\"\\\"><b>&\xef\xbf\xbd\""));
}

TEST_CASE("a redirect cannot be split or sent elsewhere by what is in its target") {
  CHECK(field_of(redirect_page(308, "https://a.example/b?c=d%20e&f=(1)"), "Location") ==
        "https://a.example/b?c=d%20e&f=(1)");
  CHECK(field_of(redirect_page(301, "https://a.example/\r\nX: \\\xc3\xbc|\x7f"), "Location") ==
        "https://a.example/%0D%0AX:%20%5C%C3%BC%7C%7F");
}

TEST_CASE("a page leaves whole, with its length and the date, and the connection goes on") {
  std::string got =
      answer_to("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", text_page(200, "ok\n"));
  CHECK(got.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  CHECK(contains(got, "Content-Length: 3\r\n"));
  CHECK(contains(got, "\r\n\r\nok\nHTTP/1.1 200 OK\r\n"));
  CHECK(got.ends_with("\r\n\r\nok\n"));
}

TEST_CASE("a page for HEAD tells the length and has no body") {
  std::string got = answer_to("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", text_page(200, "ok\n"));
  CHECK(contains(got, "Content-Length: 3\r\n"));
  CHECK(got.ends_with("\r\n\r\n"));
}

TEST_CASE("a redirect is answered with an empty body") {
  std::string got = answer_to("GET / HTTP/1.1\r\nHost: a\r\n\r\n", redirect_page(308, "https://b/"));
  CHECK(got.starts_with("HTTP/1.1 308 Permanent Redirect\r\n"));
  CHECK(contains(got, "Location: https://b/\r\n"));
  CHECK(contains(got, "Content-Length: 0\r\n"));
}

}  // namespace pforte::http
