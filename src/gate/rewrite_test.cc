#include "gate/rewrite.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "http/compose.h"
#include "http/head_reader.h"

namespace pforte::gate {
namespace {

using http::Framing;
using http::RequestHead;

Visitor visitor(bool believed = false, bool tls = true, std::string_view address = "192.0.2.7") {
  return {.peer = net::parse_ip(address, 4000).value(),
          .peer_text = std::string(address),
          .believed = believed,
          .tls = tls};
}

// The fields, a line each, that a request with `fields` reaches the application with; without those the gate adds.
std::string passed(std::string_view fields, const Visitor& who = visitor(), Methods methods = Methods::Free) {
  std::string text = cat("POST /path?query HTTP/1.1\r\nHost: app.example:8443\r\n", fields, "\r\n");
  RequestHead in;
  REQUIRE(http::parse_request_head(text, {}, in));
  Outgoing out;
  rewrite_request(in, {.visitor = who, .path = "/path", .methods = methods}, out);
  std::string all;
  http::append_fields(all, out.head.fields);
  REQUIRE(all.starts_with("Host: app.example:8443\r\n"));
  std::size_t added = all.rfind("X-Forwarded-For: ");
  REQUIRE(added != std::string::npos);
  return all.substr(24, added - 24);
}

// Those it adds.
std::string added(std::string_view fields, const Visitor& who) {
  std::string text = cat("GET / HTTP/1.1\r\nHost: app.example:8443\r\n", fields, "\r\n");
  RequestHead in;
  REQUIRE(http::parse_request_head(text, {}, in));
  Outgoing out;
  rewrite_request(in, {.visitor = who, .path = "/"}, out);
  std::string all;
  http::append_fields(all, out.head.fields);
  return all.substr(all.find("X-Forwarded-For: "));
}

TEST_CASE("a name that is the gate's to say is known in every spelling") {
  for (std::string_view name : {"Remote-User", "REMOTE_USER", "remote-user", "Remote_User", "Pforte-Reference",
                                "pforte_agent", "PFORTE-", "Pforte-X-Y", "pForTe_x-y"}) {
    CAPTURE(name);
    CHECK(is_reserved(name));
  }
  for (std::string_view name :
       {"Remote-User-Agent", "X-Remote-User", "Remote", "Pforte", "Pfort-x", "X-Pforte-A", "User-Agent", ""}) {
    CAPTURE(name);
    CHECK(!is_reserved(name));
  }
}

TEST_CASE("what a client says in the gate's name never reaches the application") {
  for (std::string_view line : {"Remote-User: root",
                                "REMOTE_USER: root",
                                "remote_user: root",
                                "Pforte-Agent: root",
                                "pforte_agent: root",
                                "Forwarded: for=1.2.3.4",
                                "X-Forwarded-For: 1.2.3.4",
                                "X_Forwarded_For: 1.2.3.4",
                                "x_forwarded-proto: http",
                                "X-Forwarded-Port: 1",
                                "X-Forwarded-Server: x",
                                "X-Forwarded-Prefix: /x",
                                "X-Real-IP: 1.2.3.4",
                                "X_Real_IP: 1.2.3.4",
                                "X-Original-URL: /admin",
                                "X-Rewrite-URL: /admin",
                                "Proxy: http://evil",
                                "Content_Length: 5",
                                "Transfer_Encoding: chunked",
                                "Authorization: Negotiate abc",
                                "Authorization: nEgOtIaTe",
                                "Authorization: NTLM abc",
                                "Keep-Alive: timeout=5",
                                "Proxy-Connection: close",
                                "TE: trailers",
                                "Proxy-Authorization: Basic x",
                                "Connection: close",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAAQAAP__"}) {
    CAPTURE(line);
    CHECK(passed(cat(line, "\r\n")) == "");
  }
}

TEST_CASE("what is the client's own passes as it is, in its order") {
  constexpr std::string_view kFields =
      "Accept: */*\r\nX-Custom_Name: a, b\r\nAuthorization: Basic abc\r\nCookie: a=1; b=2\r\nX-A: 1\r\nX-A: 2\r\n"
      "User-Agent: \xc3\xa4\r\nOrigin: null\r\nVia: 1.1 x\r\n";
  CHECK(passed(kFields) == kFields);
}

TEST_CASE("fields that Connection lists go, and the gate's own are none of them") {
  CHECK(passed("Connection: x-one, X-Two\r\nX-One: 1\r\nx-two: 2\r\nX-Three: 3\r\n") == "X-Three: 3\r\n");
  CHECK(passed("Connection: close, host\r\n") == "");
  std::string_view greedy = "Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, Forwarded, Host\r\n";
  CHECK(passed(greedy) == "");
  CHECK(added(greedy, visitor()) == added("", visitor()));
}

TEST_CASE("another method than the request line's is not believed where methods are judged") {
  for (std::string_view line :
       {"X-HTTP-Method-Override: DELETE\r\n", "X-HTTP-Method: DELETE\r\n", "x_method_override: DELETE\r\n"}) {
    CAPTURE(line);
    CHECK(passed(line, visitor(), Methods::Judged) == "");
  }
  constexpr std::string_view kOverride = "X-HTTP-Method-Override: DELETE\r\n";
  CHECK(passed(kOverride, visitor(), Methods::Free) == kOverride);
}

TEST_CASE("the gate's session cookie stays with the gate, and the others go on") {
  struct Row {
    std::string_view sent, passed;
  };
  const Row rows[] = {
      {"Cookie: a=1; __Host-pforte=x; b=2\r\n", "Cookie: a=1; b=2\r\n"},
      {"Cookie: __Host-pforte=x\r\n", ""},
      {"Cookie: a=1;__Host-pforte=x;  b=2;\r\nCookie: c=3\r\n", "Cookie: a=1; b=2; c=3\r\n"},
      {"Cookie: a=__Host-pforte\r\n", "Cookie: a=__Host-pforte\r\n"},
      {"Cookie: a=1\r\nCookie: b=2\r\n", "Cookie: a=1\r\nCookie: b=2\r\n"},
  };
  for (const Row& row : rows) CHECK(passed(row.sent) == row.passed);
}

TEST_CASE("where the application is not to learn who asks, neither cookies nor Authorization pass") {
  RequestHead in;
  REQUIRE(
      http::parse_request_head("GET / HTTP/1.1\r\nHost: app.example\r\nCookie: __Host-pforte=x; a=b\r\ncookie: c=d\r\n"
                               "Authorization: Basic x\r\nAccept: */*\r\n\r\n",
                               {}, in));
  Outgoing out;
  rewrite_request(in, {.visitor = visitor(), .path = "/", .withholds_agent = true}, out);
  CHECK(out.head.find(http::FieldName::Cookie) == nullptr);
  CHECK(out.head.find(http::FieldName::Authorization) == nullptr);
  CHECK(out.head.find(http::FieldName::Accept) != nullptr);
}

TEST_CASE("the way here is told by the gate, and by those before it that are believed") {
  constexpr std::string_view kSaid =
      "X-Forwarded-For: 10.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: public.example\r\n"
      "Forwarded: for=10.1.1.1\r\nX-Forwarded-For: 10.2.2.2\r\n";
  CHECK(added(kSaid, visitor(false, false)) ==
        "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: app.example:8443\r\n"
        "Forwarded: for=192.0.2.7;host=\"app.example:8443\";proto=http\r\n");
  CHECK(added(kSaid, visitor(true, false)) ==
        "X-Forwarded-For: 10.1.1.1, 10.2.2.2, 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
        "X-Forwarded-Host: public.example\r\n"
        "Forwarded: for=10.1.1.1, for=192.0.2.7;host=\"app.example:8443\";proto=https\r\n");
  CHECK(added("X-Forwarded-Proto: gopher\r\n", visitor(true, true)).find("X-Forwarded-Proto: https\r\n") !=
        std::string::npos);
  CHECK(added("", visitor(false, true, "2001:db8::1")).find("Forwarded: for=\"[2001:db8::1]\";") != std::string::npos);
}

TEST_CASE("only a WebSocket without a body is upgraded") {
  struct Row {
    std::string_view fields;
    bool upgrades;
  };
  const Row rows[] = {
      {"Connection: Upgrade\r\nUpgrade: websocket\r\n", true},
      {"Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n", true},
      {"Upgrade: websocket\r\n", false},
      {"Connection: Upgrade\r\nUpgrade: h2c\r\n", false},
      {"Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.fields);
    std::string text = cat("GET / HTTP/1.1\r\nHost: a\r\n", row.fields, "\r\n");
    RequestHead in;
    REQUIRE(http::parse_request_head(text, {}, in));
    Outgoing out;
    rewrite_request(in, {.visitor = visitor(), .path = "/"}, out);
    CHECK(out.head.wants_upgrade == row.upgrades);
    CHECK(out.head.upgrade.empty() == !row.upgrades);
  }
}

TEST_CASE("a second request leaves nothing of the first") {
  std::string first = "GET /a HTTP/1.1\r\nHost: a\r\nCookie: __Host-pforte=x; b=2\r\nX: y\r\n\r\n";
  std::string second = "GET /b HTTP/1.1\r\nHost: b\r\n\r\n";
  RequestHead in;
  Outgoing used;
  Outgoing fresh;
  REQUIRE(http::parse_request_head(first, {}, in));
  rewrite_request(in, {.visitor = visitor(true), .path = "/a"}, used);
  REQUIRE(http::parse_request_head(second, {}, in));
  rewrite_request(in, {.visitor = visitor(), .path = "/b"}, used);
  rewrite_request(in, {.visitor = visitor(), .path = "/b"}, fresh);
  std::string one;
  std::string other;
  http::append_request_head(one, used.head);
  http::append_request_head(other, fresh.head);
  CHECK(one == other);
}

std::string answered(std::string_view head, http::Method method, Framing::Kind* framing = nullptr,
                     ConnectionSignIn sign_in = ConnectionSignIn::Withheld) {
  http::ResponseHead in;
  REQUIRE(http::parse_response_head(head, {}, method, in));
  http::ResponseHead out;
  rewrite_response(in, method, sign_in, out);
  if (framing) *framing = out.body.kind;
  std::string all;
  http::append_fields(all, out.fields);
  return all;
}

TEST_CASE("an answer goes to the client without the fields of the server's connection") {
  using http::Method;
  struct Row {
    Method method;
    std::string_view head, fields;
    Framing::Kind framing;
  };
  const Row rows[] = {
      {Method::Get, "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\nKeep-Alive: timeout=5\r\n\r\n",
       "Server: x\r\n", Framing::Kind::Length},
      {Method::Get, "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n", "X-End: 2\r\n",
       Framing::Kind::Chunked},
      {Method::Head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "Content-Length: 5\r\n", Framing::Kind::None},
      {Method::Get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "Content-Length: 5\r\n",
       Framing::Kind::None},
      {Method::Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n",
       "Set-Cookie: a\r\nSet-Cookie: b\r\n", Framing::Kind::Chunked},
      {Method::Get, "HTTP/1.1 204 No Content\r\nPforte-Reference: forged\r\nPFORTE_X: y\r\n\r\n", "",
       Framing::Kind::None},
  };
  for (const Row& row : rows) {
    CAPTURE(row.head);
    Framing::Kind framing{};
    CHECK(answered(row.head, row.method, &framing) == row.fields);
    CHECK(framing == row.framing);
  }
}

TEST_CASE("an answer asks nobody for a ticket, and for all else that the application asks for") {
  struct Row {
    std::string_view status, challenges, want;
  };
  const Row rows[] = {
      {"401 Unauthorized", "WWW-Authenticate: Basic realm=\"a, b\", Digest x=1, y=2\r\n",
       "WWW-Authenticate: Basic realm=\"a, b\", Digest x=1, y=2\r\n"},
      {"401 Unauthorized", "WWW-Authenticate: Negotiate\r\n", "WWW-Authenticate: Form\r\n"},
      {"401 Unauthorized", "www-authenticate: nTlM TlRM==\r\nWWW-Authenticate: NEGOTIATE\r\n",
       "WWW-Authenticate: Form\r\n"},
      {"401 Unauthorized", "WWW-Authenticate: Negotiate, NTLM\r\n", "WWW-Authenticate: Form\r\n"},
      {"401 Unauthorized", "WWW-Authenticate: Negotiate YII=, Digest x=\"1, NTLM\", y=2,NTLM , Basic realm=a\r\n",
       "WWW-Authenticate: Digest x=\"1, NTLM\", y=2\r\nWWW-Authenticate: Basic realm=a\r\n"},
      {"401 Unauthorized", "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=a\r\n",
       "WWW-Authenticate: Basic realm=a\r\n"},
      {"401 Unauthorized", "WWW-Authenticate: Negotiated x=1\r\n", "WWW-Authenticate: Negotiated x=1\r\n"},
      {"401 Unauthorized", "", ""},
      {"200 OK", "WWW-Authenticate: Negotiate YII=\r\n", ""},
      {"401 Unauthorized", "WWW-Authenticate: Nego2 YHYG\r\nWWW-Authenticate: Basic realm=a\r\n",
       "WWW-Authenticate: Basic realm=a\r\n"},
      {"200 OK", "Persistent-Auth: true\r\nProxy-Support: Session-Based-Authentication\r\n", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.challenges);
    std::string head = cat("HTTP/1.1 ", row.status, "\r\n", row.challenges, "X: 1\r\n\r\n");
    std::string got = answered(head, http::Method::Get);
    std::size_t x = got.find("X: 1\r\n");
    REQUIRE(x != std::string::npos);
    CHECK(got.erase(x, 6) == row.want);
  }
}

TEST_CASE("where the application signs in the client's own connection, both talk of it freely") {
  std::string_view fields =
      "WWW-Authenticate: Negotiate, NTLM TlRM==\r\nPersistent-Auth: true\r\n"
      "Proxy-Support: Session-Based-Authentication\r\nAuthentication-Info: x\r\n";
  std::string head = cat("HTTP/1.1 401 Unauthorized\r\n", fields, "Set-Cookie: __Host-pforte=x\r\nPforte-X: 1\r\n\r\n");
  CHECK(answered(head, http::Method::Get, nullptr, ConnectionSignIn::Passes) == fields);

  std::string text =
      "GET / HTTP/1.1\r\nHost: app.example\r\nAuthorization: NTLM TlRM==\r\nRemote-User: root\r\n"
      "Cookie: __Host-pforte=x\r\n\r\n";
  RequestHead in;
  REQUIRE(http::parse_request_head(text, {}, in));
  Outgoing out;
  rewrite_request(in, {.visitor = visitor(), .path = "/", .connection_sign_in = ConnectionSignIn::Passes}, out);
  std::string all;
  http::append_fields(all, out.head.fields);
  CHECK(all.starts_with("Host: app.example\r\nAuthorization: NTLM TlRM==\r\nX-Forwarded-For: "));
}

TEST_CASE("trailers do not say what only the gate may") {
  http::Fields trailers{{"Remote-User", "root", http::FieldName::Other},
                        {"pforte_agent", "root", http::FieldName::Other},
                        {"X_Forwarded_For", "1.2.3.4", http::FieldName::Other},
                        {"Checksum", "x", http::FieldName::Other}};
  drop_reserved(trailers);
  REQUIRE(trailers.size() == 1);
  CHECK(trailers.front().name == "Checksum");
}

}  // namespace
}  // namespace pforte::gate
