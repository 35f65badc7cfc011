#include <doctest/doctest.h>

#include <string>

#include "http/head_reader.h"
#include "http/refusal.h"

namespace pforte::http {
namespace {

using enum Framing::Kind;

TEST_CASE("a response's status and fields decide about its body and its connection") {
  struct Row {
    std::string_view line, fields;
    std::string_view reason;
    Framing body;
    int status;
    bool keep_alive;
    Method of_request = Method::Get;
  };
  const Row rows[] = {
      {"HTTP/1.1 200 OK", "Content-Length: 5\r\n", "OK", {Length, 5}, 200, true},
      {"HTTP/1.1 200 OK", "Content-Length: 0\r\n", "OK", {Length, 0}, 200, true},
      {"HTTP/1.1 200 ", "Transfer-Encoding: chunked\r\n", "", {Chunked, 0}, 200, true},
      {"HTTP/1.1 200", "Transfer-Encoding: chunked\r\n", "", {Chunked, 0}, 200, true},
      {"HTTP/1.1 404 Nicht gefund\xc3\xa4n  ", "", "Nicht gefund\xc3\xa4n  ", {UntilClose, 0}, 404, false},
      {"HTTP/1.0 200 OK", "Content-Length: 5\r\n", "OK", {Length, 5}, 200, false},
      {"HTTP/1.0 200 OK", "Content-Length: 5\r\nConnection: keep-alive\r\n", "OK", {Length, 5}, 200, true},
      {"HTTP/1.1 200 OK", "Content-Length: 5\r\nConnection: close\r\n", "OK", {Length, 5}, 200, false},
      {"HTTP/1.1 200 OK", "Content-Length: 5\r\n", "OK", {}, 200, true, Method::Head},
      {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", "OK", {}, 200, true, Method::Head},
      {"HTTP/1.1 200 OK", "", "OK", {}, 200, true, Method::Head},
      {"HTTP/1.1 304 Not Modified", "Content-Length: 5\r\n", "Not Modified", {}, 304, true},
      {"HTTP/1.1 204 No Content", "", "No Content", {}, 204, true},
      {"HTTP/1.1 204 No Content", "Content-Length: 0\r\n", "No Content", {}, 204, true},
      {"HTTP/1.1 100 Continue", "", "Continue", {}, 100, true},
      {"HTTP/1.1 999 Odd", "Content-Length: 1\r\n", "Odd", {Length, 1}, 999, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    CAPTURE(row.fields);
    std::string head = std::string(row.line) + "\r\n" + std::string(row.fields) + "\r\n";
    ResponseHead read;
    REQUIRE(parse_response_head(head, {}, row.of_request, read).has_value());
    CHECK(read.status == row.status);
    CHECK(read.reason == row.reason);
    CHECK(read.body == row.body);
    CHECK(read.keep_alive == row.keep_alive);

    HeadScanner scanner(Sender::Backend);
    for (std::size_t cut = 0; cut < head.size(); ++cut) CHECK(scanner.scan(head.substr(0, cut), {}).value() == 0);
    CHECK(scanner.scan(head, {}).value() == head.size());
  }
}

TEST_CASE("a 101 is final and says to what it switches; other 1xx are interim") {
  ResponseHead read;
  const std::string_view switching =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
  REQUIRE(parse_response_head(switching, {}, Method::Get, read).has_value());
  CHECK(read.upgrade == "websocket");
  CHECK_FALSE(read.is_interim());
  REQUIRE(parse_response_head("HTTP/1.1 103 Early Hints\r\n\r\n", {}, Method::Get, read).has_value());
  CHECK(read.upgrade.empty());
  CHECK(read.is_interim());
}

TEST_CASE("a response says whether its connection may stand for somebody from then on") {
  for (std::string_view fields :
       {"WWW-Authenticate: Basic realm=a\r\nX: 1\r\nwww-authenticate: NTLM TlRM\r\n", "Persistent-Auth: true\r\n"}) {
    CAPTURE(fields);
    ResponseHead read;
    REQUIRE(parse_response_head("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n", {}, Method::Get, read));
    CHECK(read.signs_in_connection);
    REQUIRE(parse_response_head("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n", {}, Method::Get, read));
    CHECK_FALSE(read.signs_in_connection);
  }
}

TEST_CASE("a malformed response is refused with 502") {
  struct Row {
    std::string_view head;
    Refusal why;
  };
  const Row rows[] = {
      {"", refusal::kIncomplete},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", refusal::kStatusLine},
      {"ICY 200 OK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1 20 OK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1 2000 OK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1 099 OK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1 2x0 OK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1  200 OK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.1 200\tOK\r\n\r\n", refusal::kStatusLine},
      {"HTTP/1.2 200 OK\r\n\r\n", refusal::kVersion},
      {"HTTP/2.0 200 OK\r\n\r\n", refusal::kVersion},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", refusal::kControl},
      {"HTTP/1.1 200 OK\n\r\n", refusal::kBareLf},
      {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", refusal::kObsFold},
      {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", refusal::kSpaceBeforeColon},
      {"HTTP/1.1 200 OK\r\nA\r\n\r\n", refusal::kNoColon},
      {"HTTP/1.1 200 OK\r\nA: b\r\n", refusal::kIncomplete},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::kTwoLengths},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", refusal::kContentLengthRepeated},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", refusal::kContentLength},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n", refusal::kTransferEncoding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", refusal::kTransferCoding},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::kTransferEncoding},
      {"HTTP/1.1 204 OK\r\nContent-Length: 1\r\n\r\n", refusal::kBodyNotAllowed},
      {"HTTP/1.1 204 OK\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::kBodyNotAllowed},
      {"HTTP/1.1 100 OK\r\nContent-Length: 1\r\n\r\n", refusal::kBodyNotAllowed},
      {"HTTP/1.1 200 OK\r\nA:\r\nB:\r\nC:\r\n\r\n", refusal::kTooManyFields},
  };
  for (const Row& row : rows) {
    CAPTURE(row.head);
    ResponseHead read;
    std::expected<void, Refusal> outcome = parse_response_head(row.head, Limits{.fields = 2}, Method::Get, read);
    REQUIRE(!outcome);
    CHECK(outcome.error().code == row.why.code);
    CHECK(outcome.error().status == 502);
  }
}

}  // namespace
}  // namespace pforte::http
