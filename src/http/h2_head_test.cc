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

}  // namespace
}  // namespace pforte::http
