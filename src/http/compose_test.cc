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

TEST_CASE("fields are written alike, whether they stand in a row where they were read or not") {
  const std::string text = "A: b\r\nC: d\r\nE:f\r\nG:\th\r\nI: j \r\nK: l\r\nM: \r\nN: o";
  auto view = [&](std::string_view part) { return std::string_view(text).substr(text.find(part), part.size()); };
  Field a{view("A"), view("b"), FieldName::Other};
  Field c{view("C"), view("d"), FieldName::Other};
  Field e{view("E"), view("f"), FieldName::Other};
  Field g{view("G"), view("h"), FieldName::Other};
  Field i{view("I"), view("j"), FieldName::Other};
  Field k{view("K"), view("l"), FieldName::Other};
  Field m{view("M"), view("M: ").substr(3), FieldName::Other};
  Field n{view("N"), view("o"), FieldName::Other};
  Field literal{"P", "q", FieldName::Other};
  Field nothing{"R", {}, FieldName::Other};
  auto written = [](const Fields& fields) {
    std::string out = "before ";
    append_fields(out, fields);
    return out;
  };
  CHECK(written({a, c, e, g, i, k, m, n, literal, nothing}) ==
        "before A: b\r\nC: d\r\nE: f\r\nG: h\r\nI: j\r\nK: l\r\nM: \r\nN: o\r\nP: q\r\nR: \r\n");
  CHECK(written({c, a, e}) == "before C: d\r\nA: b\r\nE: f\r\n");
  CHECK(written({a, e, literal, c}) == "before A: b\r\nE: f\r\nP: q\r\nC: d\r\n");
  CHECK(written({n}) == "before N: o\r\n");
  CHECK(written({}) == "before ");
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
