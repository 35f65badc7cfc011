#include "http/h2_answer.h"

#include <doctest/doctest.h>

#include <initializer_list>

#include "http/refusal.h"

namespace pforte::http {
namespace {

constexpr Limits kTightAnswer{.request_line_bytes = 64, .head_bytes = 128, .authorization_bytes = 0, .fields = 8};

// What is written down of some fields.
struct Written {
  std::string heads;
  const Refusal* why = nullptr;

  Written(std::initializer_list<H2Field> fields, bool ends, const H2Answer::Asked& asked = {}, bool valid = true) {
    H2Answer answer;
    for (const H2Field& field : fields) answer.add(field, valid, kTightAnswer);
    why = answer.write(ends, asked, heads);
  }
  std::string_view code() const { return why ? why->code : ""; }
};

TEST_CASE("an answer over HTTP/2 is written down as HTTP/1.1 would have it, framing included") {
  struct Row {
    std::initializer_list<H2Field> fields;
    bool ends;
    Method method;
    std::string_view head;
  };
  const Row rows[] = {
      {{{":status", "200"}, {"x", "y"}}, false, Method::Get, "200 OK\r\nx: y\r\nTransfer-Encoding: chunked\r\n"},
      {{{":status", "200"}, {"content-length", "3"}}, false, Method::Get, "200 OK\r\ncontent-length: 3\r\n"},
      {{{":status", "200"}}, true, Method::Get, "200 OK\r\nContent-Length: 0\r\n"},
      {{{":status", "200"}}, true, Method::Head, "200 OK\r\n"},
      {{{":status", "204"}}, true, Method::Get, "204 No Content\r\n"},
      {{{":status", "103"}, {"link", "</a>"}}, false, Method::Get, "103 Early Hints\r\nlink: </a>\r\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.head);
    Written written(row.fields, row.ends, {.method = row.method});
    CHECK(written.code().empty());
    CHECK(written.heads == "HTTP/1.1 " + std::string(row.head) + "\r\n");
  }
}

TEST_CASE("a tunnel is open with each 2xx, and with nothing else") {
  Written open({{":status", "200"}}, false, {.method = Method::Get, .tunnel = true});
  CHECK(open.heads == "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  Written closed({{":status", "403"}}, true, {.method = Method::Get, .tunnel = true});
  CHECK(closed.heads == "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  Written lengthy({{":status", "200"}, {"content-length", "1"}}, false, {.method = Method::Get, .tunnel = true});
  CHECK(lengthy.code() == "http.body-not-allowed");
  Written over({{":status", "200"}}, true, {.method = Method::Get, .tunnel = true});
  CHECK(over.code() == "http.body-not-allowed");
}

TEST_CASE("what HTTP/2 does not let an answer say is refused") {
  struct Row {
    std::initializer_list<H2Field> fields;
    std::string_view code;
  };
  const std::string long_value(100, 'v');
  const Row rows[] = {
      {{{"x", "y"}}, "http2.status"},
      {{{":status", "20"}}, "http2.status"},
      {{{":status", "2x0"}}, "http2.status"},
      {{{":status", "101"}}, "http2.status"},
      {{{":status", "200"}, {":path", "/"}}, "http2.field"},
      {{{":status", "200"}, {"connection", "close"}}, "http2.connection-field"},
      {{{":status", "200"}, {"transfer-encoding", "chunked"}}, "http2.connection-field"},
      {{{":status", "200"}, {"x", "a\r\nb"}}, "http2.field"},
      {{{":status", "200"}, {"a", long_value}, {"b", long_value}}, "http.head-too-large"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    Written written(row.fields, true);
    CHECK(written.code() == row.code);
    CHECK(written.heads.empty());
  }
  CHECK(Written({{":status", "200"}, {"x", "y"}}, true, {}, false).code() == "http2.field");
}

TEST_CASE("after one head comes the next, as if there had been none before") {
  H2Answer answer;
  std::string heads;
  answer.add({"connection", "close"}, true, kTightAnswer);
  CHECK(answer.write(true, {}, heads) != nullptr);
  answer.add({":status", "204"}, true, kTightAnswer);
  CHECK(answer.write(true, {}, heads) == nullptr);
  CHECK(heads == "HTTP/1.1 204 No Content\r\n\r\n");
}

}  // namespace
}  // namespace pforte::http
