#include "http/compose.h"

#include <doctest/doctest.h>

namespace pforte::http {
namespace {

using K = Framing::Kind;

TEST_CASE("a request head says its target, its fields, and how its body is framed") {
  struct Row {
    Framing body;
    std::string_view upgrade, text;
  };
  const Row rows[] = {
      {{K::None, 0}, "", "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n"},
      {{K::Length, 0}, "", "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nA: b\r\nContent-Length: 0\r\n\r\n"},
      {{K::Length, ~std::uint64_t{0}},
       "",
       "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nA: b\r\nContent-Length: 18446744073709551615\r\n\r\n"},
      {{K::Chunked, 0}, "", "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {{K::None, 0},
       "websocket",
       "POST /a%20b?c HTTP/1.1\r\nHost: x\r\nA: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
  };
  for (const Row& row : rows) {
    RequestHead head;
    head.method_text = "POST";
    head.path = "/a%20b";
    head.query = "?c";
    head.fields = {{"Host", "x", FieldName::Host}, {"A", "b", FieldName::Other}};
    head.body = row.body;
    head.wants_upgrade = !row.upgrade.empty();
    head.upgrade = row.upgrade;
    std::string out = "before ";
    append_request_head(out, head);
    CHECK(out == "before " + std::string(row.text));
  }
}

TEST_CASE("an answer's head says what becomes of the connection") {
  struct Row {
    Connection connection;
    int client_minor_version;
    std::string_view fields;
  };
  const Row rows[] = {
      {Connection::KeepsAlive, 1, ""},
      {Connection::KeepsAlive, 0, "Connection: keep-alive\r\n"},
      {Connection::Closes, 1, "Connection: close\r\n"},
      {Connection::Closes, 0, "Connection: close\r\n"},
      {Connection::Upgrades, 1, "Connection: Upgrade\r\nUpgrade: websocket\r\n"},
  };
  for (const Row& row : rows) {
    ResponseHead head;
    head.status = 299;
    head.upgrade = "websocket";
    std::string out;
    append_response_head(out, head, row.connection, row.client_minor_version);
    CHECK(out == "HTTP/1.1 299 \r\n" + std::string(row.fields) + "\r\n");
  }
}

TEST_CASE("a status has its phrase, or none") {
  CHECK(reason_of(404) == "Not Found");
  CHECK(reason_of(505) == "HTTP Version Not Supported");
  CHECK(reason_of(299).empty());
}

}  // namespace
}  // namespace pforte::http
