#include "http/h2_request.h"

#include <doctest/doctest.h>

#include <initializer_list>

#include "http/refusal.h"

namespace pforte::http {
namespace {

constexpr Limits kTight{.request_line_bytes = 64, .head_bytes = 256, .authorization_bytes = 128, .fields = 8};

// What is read of some fields, in front of which stand those that every GET has.
struct Asked {
  H2Request request;
  std::string text;
  RequestHead head;
  std::expected<void, Refusal> verdict;

  Asked(std::initializer_list<H2Field> fields, bool ends = true) {
    for (const H2Field& field : fields) request.add(field, true, kTight);
    verdict = request.read(ends, kTight, text, head);
  }
  std::string_view code() const { return verdict ? "" : verdict.error().code; }
  std::string_view value(FieldName name) const {
    const Field* field = head.find(name);
    return field ? field->value : std::string_view();
  }
};

constexpr H2Field kGet{":method", "GET"};
constexpr H2Field kPost{":method", "POST"};
constexpr H2Field kHttps{":scheme", "https"};
constexpr H2Field kHost{":authority", "app.example"};
constexpr H2Field kRoot{":path", "/"};

TEST_CASE("a request over HTTP/2 is the one that HTTP/1.1 would have carried") {
  Asked asked({kGet, kHttps, kHost, {":path", "/a/b?c=d"}, {"accept", "text/html"}});
  REQUIRE(asked.verdict);
  CHECK(asked.head.method == Method::Get);
  CHECK(asked.head.path == "/a/b");
  CHECK(asked.head.query == "?c=d");
  CHECK(asked.head.authority == "app.example");
  CHECK(asked.value(FieldName::Accept) == "text/html");
  CHECK(asked.head.body.kind == Framing::Kind::None);
}

TEST_CASE("a body has the length that was said, or is streamed") {
  Asked said({kPost, kHttps, kHost, kRoot, {"content-length", "5"}}, false);
  CHECK(said.head.body == Framing{Framing::Kind::Length, 5});
  Asked streamed({kPost, kHttps, kHost, kRoot}, false);
  CHECK(streamed.head.body.kind == Framing::Kind::Chunked);
}

TEST_CASE("cookies that come one by one are one field again (RFC 9113, 8.2.3)") {
  Asked asked({kGet, kHttps, kHost, kRoot, {"cookie", "a=1"}, {"cookie", "b=2; c=3"}});
  CHECK(asked.value(FieldName::Cookie) == "a=1; b=2; c=3");
}

TEST_CASE("Host agrees with :authority, or stands for it") {
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"host", "app.example"}}).code().empty());
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"host", "APP.example:443"}}).head.authority == "app.example");
  CHECK(Asked({kGet, kHttps, kRoot, {"host", "app.example"}}).head.authority == "app.example");
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"host", "other.example"}}).code() == "http.host-differs");
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"host", "app.example"}, {"host", "app.example"}}).code() ==
        "http.host-repeated");
  CHECK(Asked({kGet, kHttps, kRoot}).code() == "http.host");
}

TEST_CASE("what would be another request once it is written down is refused") {
  CHECK(Asked({kGet, kHttps, kHost, {":path", "/a HTTP/1.1\r\nx: y"}}).code() == "http2.field");
  CHECK(Asked({kGet, kHttps, kHost, {":path", "/a HTTP/1.1"}}).code() == "http.request-line");
  CHECK(Asked({kGet, kHttps, kHost, {":path", "/a#b"}}).code() == "http.target-fragment");
  CHECK(Asked({kGet, kHttps, kHost, {":path", "http://evil.example/"}}).code() == "http2.path");
  CHECK(Asked({kGet, kHttps, kHost, {":path", ""}}).code() == "http2.path");
  CHECK(Asked({{":method", "GET /x"}, kHttps, kHost, kRoot}).code() == "http.method");
  CHECK(Asked({kGet, kHttps, {":authority", "user@app.example"}, kRoot}).code() == "http.userinfo");
  CHECK(Asked({kGet, {":scheme", "ftp"}, kHost, kRoot}).code() == "http.target-scheme");
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"x", "a\r\ny: b"}}).code() == "http2.field");
}

TEST_CASE("fields about an HTTP/1.1 connection are refused (RFC 9113, 8.2.2)") {
  for (std::string_view name : {"connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection"}) {
    CAPTURE(name);
    CHECK(Asked({kPost, kHttps, kHost, kRoot, {name, "close"}}, false).code() == "http2.connection-field");
  }
}

TEST_CASE("a name or value that HTTP/2 does not allow is refused") {
  H2Request request;
  for (const H2Field& field : {kGet, kHttps, kHost, kRoot}) request.add(field, true, kTight);
  request.add({"Upper", "case"}, false, kTight);
  std::string text;
  RequestHead head;
  auto verdict = request.read(true, kTight, text, head);
  REQUIRE(!verdict);
  CHECK(verdict.error() == refusal::kH2Field);
  CHECK(head.authority == "app.example");  // whom to tell, and in which language
}

TEST_CASE("the limits are those of HTTP/1.1") {
  const std::string much(300, 'a');
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"x", much}}).code() == "http.head-too-large");
  CHECK(Asked({kGet, kHttps, kHost, {":path", "/" + std::string(80, 'a')}}).code() == "http.target-too-long");
  CHECK(Asked({kGet, kHttps, kHost, kRoot, {"authorization", std::string(128, 'a')}}).code().empty());
  Asked ticket({kGet, kHttps, kHost, kRoot, {"authorization", std::string(129, 'a')}, {"accept-language", "de"}});
  CHECK(ticket.code() == "http.authorization-too-large");
  CHECK(ticket.value(FieldName::AcceptLanguage) == "de");
  CHECK(Asked({kGet,
               kHttps,
               kHost,
               kRoot,
               {"a", ""},
               {"b", ""},
               {"c", ""},
               {"d", ""},
               {"e", ""},
               {"f", ""},
               {"g", ""},
               {"h", ""}})
            .code() == "http.too-many-fields");
}

TEST_CASE("a CONNECT to a WebSocket is the request to upgrade that it stands for (RFC 8441)") {
  Asked asked({{":method", "CONNECT"},
               {":protocol", "websocket"},
               kHttps,
               kHost,
               {":path", "/chat"},
               {"sec-websocket-version", "13"}},
              false);
  REQUIRE(asked.verdict);
  CHECK(asked.request.is_tunnel());
  CHECK(asked.head.method == Method::Get);
  CHECK(asked.head.wants_upgrade);
  CHECK(asked.head.upgrade == "websocket");
  CHECK(asked.head.body.kind == Framing::Kind::None);
  CHECK(asked.value(FieldName::SecWebsocketKey).size() == 24);
}

TEST_CASE("a CONNECT to anything else is not carried") {
  CHECK(Asked({{":method", "CONNECT"}, {":protocol", "connect-udp"}, kHttps, kHost, kRoot}, false).code() ==
        "http2.protocol-unknown");
  Asked plain({{":method", "CONNECT"}, {":authority", "db.example:5432"}}, false);
  REQUIRE(plain.verdict);
  CHECK(plain.head.method == Method::Connect);  // which the gate answers with 405
}

}  // namespace
}  // namespace pforte::http
