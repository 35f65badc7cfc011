#include "http/h2_head.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace pforte::http {
namespace {

std::string text_of(std::span<const H2Field> fields) {
  std::string text;
  for (const H2Field& field : fields) text += cat(field.name, "=", field.value, ";");
  return text;
}

TEST_CASE("an answer's names are in lower case, and its status is a field") {
  ResponseHead head;
  head.status = 404;
  head.fields = {{"X-Test", "Yes", FieldName::Other}, {"Date", "now", FieldName::Date}};
  head.body = {Framing::Kind::Length, 12};
  CHECK(text_of(H2Head().write(head)) == ":status=404;x-test=Yes;date=now;content-length=12;");
}

TEST_CASE("nothing about an HTTP/1.1 connection leaves") {
  ResponseHead head;
  head.status = 200;
  head.fields = {{"Connection", "close", FieldName::Connection}, {"Upgrade", "h2c", FieldName::Upgrade}};
  head.body = {Framing::Kind::Chunked, 0};
  CHECK(text_of(H2Head().write(head)) == ":status=200;");
}

TEST_CASE("a switch to WebSocket is an accepted CONNECT") {
  ResponseHead head;
  head.status = 101;
  head.fields = {{"Sec-WebSocket-Accept", "x", FieldName::SecWebsocketAccept},
                 {"Sec-WebSocket-Protocol", "chat", FieldName::Other}};
  head.upgrade = "websocket";
  CHECK(text_of(H2Head().write(head)) == ":status=200;sec-websocket-protocol=chat;");
}

RequestHead request_head() {
  RequestHead head;
  head.method = Method::Get;
  head.method_text = "GET";
  head.path = "/a";
  head.query = "?b=c";
  head.fields = {{"Host", "app.example", FieldName::Host},
                 {"Cookie", "a=1", FieldName::Cookie},
                 {"Sec-WebSocket-Key", "k", FieldName::SecWebsocketKey}};
  return head;
}

TEST_CASE("a request's first line and host are fields, and who signs in is kept in no table") {
  RequestHead head = request_head();
  head.body = {Framing::Kind::Length, 12};
  H2Head written;
  auto fields = written.write(head, "https");
  CHECK(text_of(fields) ==
        ":method=GET;:scheme=https;:authority=app.example;:path=/a?b=c;cookie=a=1;sec-websocket-key=k;"
        "content-length=12;te=trailers;");
  for (const H2Field& field : fields) CHECK(field.secret == (field.name == "cookie"));
}

TEST_CASE("a request to switch to WebSocket is a CONNECT") {
  RequestHead head = request_head();
  head.wants_upgrade = true;
  head.upgrade = "WebSocket";
  CHECK(text_of(H2Head().write(head, "http")) ==
        ":method=CONNECT;:protocol=websocket;:scheme=http;:authority=app.example;:path=/a?b=c;cookie=a=1;te=trailers;");
}

}  // namespace
}  // namespace pforte::http
