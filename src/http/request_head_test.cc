#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "http/head_reader.h"
#include "http/refusal.h"

namespace pforte::http {
namespace {

using enum Framing::Kind;

std::string with_host(std::string_view fields) {
  return "POST /a HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

std::expected<void, Refusal> parse(std::string_view head, RequestHead& into) {
  return parse_request_head(head, Limits{.fields = 8}, into);
}

TEST_CASE("a request line falls into method, path, query and authority") {
  struct Row {
    std::string_view line, host;
    Method method;
    std::string_view path, query, authority;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1", "example.com", Method::Get, "/", "", "example.com"},
      {"GET /a%20b;c=d/..;/e?f=g?h HTTP/1.1", "h:8443", Method::Get, "/a%20b;c=d/..;/e", "?f=g?h", "h:8443"},
      {"PUT //a? HTTP/1.0", "[::1]:80", Method::Put, "//a", "?", "[::1]:80"},
      {"HEAD /?a={b|c}`^\\[] HTTP/1.1", "127.0.0.1", Method::Head, "/", "?a={b|c}`^\\[]", "127.0.0.1"},
      {"OPTIONS * HTTP/1.1", "h", Method::Options, "*", "", "h"},
      {"OPTIONS http://h HTTP/1.1", "h", Method::Options, "*", "", "h"},
      {"OPTIONS http://h?a HTTP/1.1", "h", Method::Options, "/", "?a", "h"},
      {"GET http://h/a HTTP/1.1", "H", Method::Get, "/a", "", "H"},
      {"GET HTTPS://h:443 HTTP/1.1", "h", Method::Get, "/", "", "h"},
      {"GET http://h?a=/ HTTP/1.1", "h:80", Method::Get, "/", "?a=/", "h:80"},
      {"CONNECT h:443 HTTP/1.1", "h:443", Method::Connect, "", "", "h:443"},
      {"PROPFIND /a HTTP/1.1", "a_b.c~d.", Method::Other, "/a", "", "a_b.c~d."},
      {"get /a HTTP/1.1", "h", Method::Other, "/a", "", "h"},
      {"DELETE /a HTTP/1.1", "h", Method::Delete, "/a", "", "h"},
      {"PATCH /a HTTP/1.1", "h", Method::Patch, "/a", "", "h"},
      {"TRACE /a HTTP/1.1", "h", Method::Trace, "/a", "", "h"},
      {"POST /a HTTP/1.1", "h", Method::Post, "/a", "", "h"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    std::string head = std::string(row.line) + "\r\nHost: " + std::string(row.host) + "\r\n\r\n";
    RequestHead read;
    REQUIRE(parse(head, read).has_value());
    CHECK(read.method == row.method);
    CHECK(read.path == row.path);
    CHECK(read.query == row.query);
    CHECK(read.authority == row.authority);
    CHECK(std::string(read.method_text) + " " + std::string(read.target) + " HTTP/1." +
              std::to_string(read.minor_version) ==
          row.line);
    // One CRLF may stand in front (RFC 9112, 2.2).
    std::string led = "\r\n" + head;
    CHECK(parse(led, read).has_value());
    CHECK(read.path == row.path);

    HeadScanner scanner;
    for (std::size_t cut = 0; cut < led.size(); ++cut) CHECK(scanner.scan(led.substr(0, cut), {}).value() == 0);
    CHECK(scanner.scan(led, {}).value() == led.size());
  }
}

TEST_CASE("fields keep their order and spelling and lose the white space around them") {
  RequestHead read;
  const std::string head = "GET / HTTP/1.1\r\nhost: \th\r\nA:\r\nX_y:b  c\t \r\nCookie: \xc3\xa4=1\r\n\r\n";
  CHECK(parse(head, read).error() == refusal::kFieldTab);
  const std::string plain = "GET / HTTP/1.1\r\nhost:  h \r\nA:\r\nX_y:b  c\t \r\nCookie: \xc3\xa4=1\r\n\r\n";
  REQUIRE(parse(plain, read).has_value());
  CHECK(read.fields == Fields{{"host", "h", FieldName::Host},
                              {"A", "", FieldName::Other},
                              {"X_y", "b  c", FieldName::Other},
                              {"Cookie", "\xc3\xa4=1", FieldName::Cookie}});
  CHECK(read.find(FieldName::Cookie)->value == "\xc3\xa4=1");
  CHECK(read.find(FieldName::Expect) == nullptr);
}

TEST_CASE("fields decide about the body and about what comes after it") {
  struct Row {
    std::string_view version, fields;
    Framing body;
    std::string_view upgrade;
    bool keep_alive;
    bool expects_continue = false;
    bool names_fields = false;
  };
  const Row rows[] = {
      {"1.1", "", {}, "", true},
      {"1.1", "Content-Length: 0\r\n", {Length, 0}, "", true},
      {"1.1", "Content-Length: 42\r\n", {Length, 42}, "", true},
      {"1.1", "Content-Length: 9223372036854775807\r\n", {Length, 9223372036854775807}, "", true},
      {"1.1", "Transfer-Encoding: chunked\r\n", {Chunked, 0}, "", true},
      {"1.1", "TRANSFER-ENCODING:Chunked \r\n", {Chunked, 0}, "", true},
      {"1.1", "Connection: close\r\n", {}, "", false},
      {"1.1", "Connection: keep-alive, ,Close\r\n", {}, "", false},
      {"1.1", "Connection:\r\nConnection: X-A\r\n", {}, "", true, false, true},
      {"1.0", "", {}, "", false},
      {"1.0", "Connection: keep-alive\r\n", {}, "", true},
      {"1.0", "Connection: Keep-Alive, close\r\n", {}, "", false},
      {"1.0", "Content-Length: 1\r\n", {Length, 1}, "", false},
      {"1.1", "Expect: 100-Continue\r\n", {}, "", true, true},
      {"1.0", "Expect: 100-continue\r\n", {}, "", false},
      {"1.0", "Expect: bread\r\n", {}, "", false},
      {"1.1", "Upgrade: websocket\r\nConnection: Upgrade\r\n", {}, "websocket", true},
      {"1.1", "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n", {}, "websocket", true},
      {"1.1", "Upgrade: websocket\r\n", {}, "", true},
      {"1.1", "Connection: upgrade\r\n", {}, "", true},
      {"1.1", "Upgrade:\r\nConnection: upgrade\r\n", {}, "", true},
      {"1.0", "Upgrade: websocket\r\nConnection: upgrade\r\n", {}, "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.version);
    CAPTURE(row.fields);
    std::string head = "POST / HTTP/" + std::string(row.version) + "\r\nHost: h\r\n" + std::string(row.fields) + "\r\n";
    RequestHead read;
    REQUIRE(parse(head, read).has_value());
    CHECK(read.body == row.body);
    CHECK(read.keep_alive == row.keep_alive);
    CHECK(read.expects_continue == row.expects_continue);
    CHECK(read.wants_upgrade == !row.upgrade.empty());
    CHECK(read.upgrade == row.upgrade);
    CHECK(read.connection_names_fields == row.names_fields);
  }
}

struct Bad {
  std::string head;
  Refusal why;
};

void check_refused(const std::vector<Bad>& rows) {
  for (const Bad& row : rows) {
    CAPTURE(row.head);
    RequestHead read;
    std::expected<void, Refusal> outcome = parse(row.head, read);
    REQUIRE(!outcome);
    CHECK(outcome.error().code == row.why.code);
    CHECK(outcome.error() == row.why);
  }
}

TEST_CASE("a malformed request line is refused") {
  std::vector<Bad> rows;
  auto add = [&](std::string_view line, const Refusal& why) {
    rows.push_back({std::string(line) + "\r\nHost: h\r\n\r\n", why});
  };
  for (std::string_view line :
       {" GET / HTTP/1.1", "GET", "GET /", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET / HTTP/1",
        "GET / HTTP/11", "GET / http/1.1", "GET / HTTP/1.x", "GET / HTTP/ 1.1", "GET / XTTP/1.1", "GET /a b HTTP/1.1",
        "GET / HTTP/1.10", "GET / HTTP/+1.1", "/ HTTP/1.1"})
    add(line, refusal::kRequestLine);
  rows.push_back({"\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", refusal::kRequestLine});
  for (std::string_view line : {"GE(T / HTTP/1.1", "GET\t/ HTTP/1.1", "G\xc3\xa4T / HTTP/1.1", "GET:/ / HTTP/1.1"})
    add(line, refusal::kMethod);
  for (std::string_view line : {"GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/3.1"})
    add(line, refusal::kVersion);
  add("GET /" + std::string(17'000, 'a') + " HTTP/1.1", refusal::kTargetTooLong);
  check_refused(rows);
}

TEST_CASE("a target in none of the four forms, or with a byte that has no place in it, is refused") {
  std::vector<Bad> rows;
  auto add = [&](std::string_view method, std::string_view target, const Refusal& why, std::string_view host = "h") {
    rows.push_back(
        {std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n",
         why});
  };
  for (std::string_view target :
       {"/\"", "/<", "/>", "/^", "/`", "/{", "/}", "/a\tb", "/\xc3\xa4", "/?\"", "/?<", "/?>", "/?\xe4"})
    add("GET", target, refusal::kTargetByte);
  for (std::string_view target : {"/#", "/a?b#c", "http://h/#", "http://h#"})
    add("GET", target, refusal::kTargetFragment);
  for (std::string_view target : {"*", "a", "?", "h/a", "http:/h", "http:h", "javascript:a"})
    add("GET", target, refusal::kTargetForm);
  for (std::string_view target : {"h", "/", "*", "h:", "h:0", "h:65536", "http://h/", "h:80/"})
    add("CONNECT", target, refusal::kTargetForm);
  for (std::string_view target : {"ftp://h/", "://h/", "httpx://h/", "x?http://h/", "ws://h/"})
    add("GET", target, refusal::kTargetScheme);
  for (std::string_view target : {"http://u@h/", "http://u:p@h/", "http://@h"}) add("GET", target, refusal::kUserinfo);
  add("CONNECT", "u@h:443", refusal::kUserinfo);
  for (std::string_view target : {"http://", "http:///a", "http://:80/", "http://h:/", "http://h:a/", "http://h%41/",
                                  "http://[::1/", "http://[]/", "http://h\\a/"})
    add("GET", target, refusal::kAuthority);
  add("GET", "http://i/", refusal::kHostDiffers);
  add("GET", "http://h:443/", refusal::kHostDiffers);
  add("GET", "https://h:80/", refusal::kHostDiffers, "h:443");
  add("GET", "http://h./", refusal::kHostDiffers);
  add("CONNECT", "h:443", refusal::kHostDiffers);
  check_refused(rows);
}

TEST_CASE("a missing, repeated or strange Host is refused, in HTTP/1.0 too") {
  std::vector<Bad> rows = {
      {"GET / HTTP/1.1\r\n\r\n", refusal::kHostMissing},
      {"GET / HTTP/1.0\r\n\r\n", refusal::kHostMissing},
      {"GET http://h/ HTTP/1.1\r\n\r\n", refusal::kHostMissing},
      {"GET / HTTP/1.1\r\nHost: h\r\nhost: h\r\n\r\n", refusal::kHostRepeated},
      {"GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", refusal::kUserinfo},
      {"GET / HTTP/1.1\r\nHost:\th\r\n\r\n", refusal::kFieldTab},
  };
  for (std::string host :
       {"",    "a,b",    "a b", "a/b", "a:",    "a:0",   "a:65536",  "a:080000", "a:+1", "a:8 0",    ":80",    "[::1",
        "::1", "[::1]a", "[]",  "[1]", "[g::]", "a%2eb", "\xc3\xa4", "a\"",      "a\\b", "http://a", "a:80:80"})
    rows.push_back({"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", refusal::kHost});
  rows.push_back({"GET / HTTP/1.1\r\nHost: " + std::string(256, 'a') + "\r\n\r\n", refusal::kHost});
  check_refused(rows);
}

TEST_CASE("a malformed field line is refused") {
  check_refused({
      {with_host(" A: b\r\n"), refusal::kObsFold},
      {with_host("A: b\r\n c\r\n"), refusal::kObsFold},
      {with_host("A: b\r\n\tc: d\r\n"), refusal::kObsFold},
      {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", refusal::kObsFold},
      {with_host("A : b\r\n"), refusal::kSpaceBeforeColon},
      {with_host("Transfer-Encoding : chunked\r\n"), refusal::kSpaceBeforeColon},
      {with_host("Content-Length\t: 1\r\n"), refusal::kSpaceBeforeColon},
      {with_host(": b\r\n"), refusal::kFieldName},
      {with_host("A B: c\r\n"), refusal::kFieldName},
      {with_host("A\xc3\xa4: c\r\n"), refusal::kFieldName},
      {with_host("(A): c\r\n"), refusal::kFieldName},
      {with_host("\"A\": c\r\n"), refusal::kFieldName},
      {with_host("A\r\n"), refusal::kNoColon},
      {with_host("A: b\nC: d\r\n"), refusal::kBareLf},
      {with_host("A: b\rC: d\r\n"), refusal::kBareCr},
      {with_host(std::string("A: \0\r\n", 6)), refusal::kControl},
      {with_host("A: \x01\r\n"), refusal::kControl},
      {with_host("A: \x7f\r\n"), refusal::kControl},
      {with_host("A\x1b: b\r\n"), refusal::kControl},
      {"POST /\v HTTP/1.1\r\nHost: h\r\n\r\n", refusal::kControl},
      {with_host("a:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\ng:\r\nh:\r\n"), refusal::kTooManyFields},
      {"", refusal::kIncomplete},
      {"GET / HTTP/1.1\r", refusal::kIncomplete},
      {"GET / HTTP/1.1\r\n", refusal::kIncomplete},
      {"GET / HTTP/1.1\r\nHost: h\r\n", refusal::kIncomplete},
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n\r\n", refusal::kIncomplete},
      {with_host("Authorization: a\r\nauthorization: a\r\n"), refusal::kAuthorizationRepeated},
      {with_host("Upgrade: a\r\nUpgrade: b\r\n"), refusal::kUpgradeRepeated},
      {with_host("Connection: a b\r\n"), refusal::kConnection},
      {with_host("Connection: close;a\r\n"), refusal::kConnection},
      {with_host("Connection: \"close\"\r\n"), refusal::kConnection},
      {with_host("Expect: 100-continue, bread\r\n"), refusal::kExpectation},
      {with_host("Expect:\r\n"), refusal::kExpectation},
  });
}

TEST_CASE("a body whose length could be read in two ways is refused") {
  std::vector<Bad> rows = {
      {with_host("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), refusal::kTwoLengths},
      {with_host("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), refusal::kTwoLengths},
      {with_host("Content-Length: 1\r\nContent-Length: 1\r\n"), refusal::kContentLengthRepeated},
      {with_host("Content-Length: 1\r\ncontent-length: 2\r\n"), refusal::kContentLengthRepeated},
      {with_host("Content-Length:\t1\r\n"), refusal::kFieldTab},
      {with_host("Transfer-Encoding:\tchunked\r\n"), refusal::kFieldTab},
      {with_host("Transfer-Encoding: chunked\t\r\n"), refusal::kFieldTab},
      {with_host("Transfer-Encoding: \vchunked\r\n"), refusal::kControl},
      {with_host("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), refusal::kTransferEncoding},
      {with_host("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), refusal::kTransferEncoding},
      {"POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::kTransferEncoding},
  };
  for (std::string value : {"", "+1", "-1", "1,1", "1, 1", "1 1", "0x1", "1a", "01", "00", "1.0", "1e3", "\"1\"", "1;",
                            "\xd9\xa1", "9223372036854775808", "18446744073709551616", "99999999999999999999999"})
    rows.push_back({with_host("Content-Length: " + value + "\r\n"), refusal::kContentLength});
  for (std::string value :
       {"", "xchunked", "chunkedx", "chunked, identity", "chunked, chunked", "identity, xchunked", "chunked;a",
        "\"chunked\"", "chunked,", ", chunked", "chunk ed", "'chunked'", "chunked\xa0", "br"})
    rows.push_back({with_host("Transfer-Encoding: " + value + "\r\n"), refusal::kTransferEncoding});
  for (std::string value : {"gzip", "identity", "gzip, chunked", "DEFLATE", "x-gzip,compress , chunked"})
    rows.push_back({with_host("Transfer-Encoding: " + value + "\r\n"), refusal::kTransferCoding});
  check_refused(rows);
}

TEST_CASE("a head read into a used one has nothing of the former") {
  RequestHead read;
  REQUIRE(parse(with_host("Expect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n"), read).has_value());
  const void* memory = read.fields.data();
  REQUIRE(parse("GET / HTTP/1.1\r\nHost: i\r\n\r\n", read).has_value());
  CHECK(read.fields.size() == 1);
  CHECK(read.fields.data() == memory);
  CHECK(read.keep_alive);
  CHECK_FALSE(read.expects_continue);
  CHECK(read.body == Framing{});
}

}  // namespace
}  // namespace pforte::http
