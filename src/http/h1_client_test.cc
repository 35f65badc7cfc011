#include "http/h1_client.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "net/memory_pipe.h"
#include "net/testing.h"
#include "net/together.h"

namespace pforte::http {
namespace {

using namespace std::chrono_literals;
using net::Task;

constexpr std::size_t kCuts[] = {1, 2, 7, 4096};

RequestHead request(Method method, std::string_view text, Framing body = {}) {
  RequestHead head;
  head.method = method;
  head.method_text = text;
  head.path = "/p";
  head.fields = {{"Host", "x", FieldName::Host}};
  head.body = body;
  return head;
}

// An answer as the client understood it.
struct Heard {
  std::string interim, head, body, trailers;
};

Task<> ask(H1Client& client, RequestHead head, std::string_view body) {
  client.begin(head);
  co_await client.write(body, More::Ends, {});
  co_return {};
}

Task<> hear(H1Client& client, Heard& heard) {
  for (;;) {
    const ResponseHead* head = co_await client.read_head();
    if (head->is_interim()) {
      heard.interim += cat(head->status, ' ');
      continue;
    }
    heard.head = cat(head->status, ' ', head->reason);
    for (const Field& field : head->fields) heard.head += cat(' ', field.name, '=', field.value);
    break;
  }
  for (;;) {
    Piece piece = co_await client.read_body();
    heard.body += piece.bytes;
    if (piece.last) break;
  }
  for (const Field& field : client.trailers()) heard.trailers += cat(field.name, '=', field.value, ';');
  co_return {};
}

Task<> exchange(H1Client& client, RequestHead head, std::string_view body, Heard& heard) {
  co_await ask(client, std::move(head), body);
  co_await hear(client, heard);
  co_return {};
}

// A client and the server's end of its connection.
struct Line {
  explicit Line(std::size_t chunk = 4096, std::size_t room = 1'000'000) : pipe(loop, chunk, room) {}
  void server_says(std::string_view words) { pipe.right.try_write(std::span(&words, 1)); }
  std::string server_heard() {
    std::string all;
    std::array<char, 4096> block;
    for (net::Io io = pipe.right.try_read(block); io.moved(); io = pipe.right.try_read(block)) {
      all.append(block.data(), io.bytes);
    }
    return all;
  }
  Result<> run(Task<> task) { return net::run(loop, net::within(loop, 10s, std::move(task))); }

  net::Loop loop;
  net::MemoryPipe pipe;
  H1Client client{loop, pipe.own_left()};
};

TEST_CASE("a request is said in full, and its answer understood in every cut") {
  struct Row {
    Method method;
    std::string_view name, answer, interim, head, body, trailers;
    bool reusable;
  };
  const Row rows[] = {
      {Method::Get, "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "", "200 OK Content-Length=5", "hello",
       "", true},
      {Method::Get, "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: v\r\n\r\n", "",
       "200 OK Transfer-Encoding=chunked", "hello", "T=v;", true},
      {Method::Head, "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", "200 OK Content-Length=5", "", "",
       true},
      {Method::Get, "GET", "HTTP/1.1 204 No Content\r\n\r\n", "", "204 No Content", "", "", true},
      {Method::Get, "GET", "HTTP/1.1 304 \r\nContent-Length: 5\r\n\r\n", "", "304  Content-Length=5", "", "", true},
      {Method::Get, "GET",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
       "Content-Length: 0\r\n\r\n",
       "100 103 ", "200 OK Content-Length=0", "", "", true},
      {Method::Get, "GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "",
       "200 OK Connection=close Content-Length=2", "hi", "", false},
      {Method::Get, "GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "", "200 OK Content-Length=2", "hi", "",
       false},
      {Method::Get, "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!", "", "200 OK Content-Length=2", "hi", "",
       false},
  };
  for (const Row& row : rows) {
    for (std::size_t chunk : kCuts) {
      CAPTURE(row.answer);
      CAPTURE(chunk);
      Line line(chunk);
      line.server_says(row.answer);
      Heard heard;
      CHECK(line.run(exchange(line.client, request(row.method, row.name), "", heard)));
      CHECK(line.server_heard() == cat(row.name, " /p HTTP/1.1\r\nHost: x\r\n\r\n"));
      CHECK(heard.interim == row.interim);
      CHECK(heard.head == row.head);
      CHECK(heard.body == row.body);
      CHECK(heard.trailers == row.trailers);
      // With the last byte still on its way, only the next look at the connection finds it.
      bool reusable = line.client.rest();
      if (reusable) reusable = line.client.still_good();
      CHECK(reusable == row.reusable);
    }
  }
}

TEST_CASE("an answer until the close is whole at the close, and ends the connection") {
  Line line(3);
  line.server_says("HTTP/1.1 200 OK\r\n\r\nhello");
  line.pipe.right.finish();
  Heard heard;
  CHECK(line.run(exchange(line.client, request(Method::Get, "GET"), "", heard)));
  CHECK(heard.body == "hello");
  CHECK(!line.client.rest());
}

TEST_CASE("one connection carries one exchange after the other") {
  Line line(7);
  for (int i = 0; i < 3; ++i) {
    line.server_says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    Heard heard;
    CHECK(line.run(exchange(line.client, request(Method::Post, "POST", {Framing::Kind::Length, 4}), "body", heard)));
    CHECK(line.server_heard() == "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
    CHECK(heard.body == "hi");
    CHECK(line.client.answered());
    REQUIRE(line.client.rest());
    CHECK(line.client.still_good());
  }
  line.pipe.right.finish();
  CHECK(!line.client.still_good());
}

TEST_CASE("what is wrong with an answer is told by kind and code") {
  struct Row {
    std::string_view answer;
    bool finished;
    Kind kind;
    std::string_view code;
    bool answered;
  };
  const Row rows[] = {
      {"", true, Kind::Closed, "backend.closed", false},
      {"HTTP/1.1 200", true, Kind::Invalid, "backend.head-cut", true},
      {"HTTP/1.1 100 Continue\r\n\r\n", true, Kind::Invalid, "backend.head-cut", true},
      {"SSH-2.0-OpenSSH\r\n\r\n", false, Kind::Invalid, "http.status-line", true},
      {"HTTP/1.1 200 OK\nA: b\n\n", false, Kind::Invalid, "http.bare-lf", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", true, Kind::Closed, "backend.body-cut", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", false, Kind::Invalid, "http.chunk-size", true},
      {"", false, Kind::Timeout, "net.timeout", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", false, Kind::Timeout, "net.timeout", true},
  };
  for (const Row& row : rows) {
    for (std::size_t chunk : kCuts) {
      CAPTURE(row.answer);
      CAPTURE(chunk);
      Line line(chunk);
      line.client.patience(30ms);
      line.server_says(row.answer);
      if (row.finished) line.pipe.right.finish();
      Heard heard;
      Result<> asked = line.run(exchange(line.client, request(Method::Get, "GET"), "", heard));
      REQUIRE(!asked);
      CHECK(asked.error().kind() == row.kind);
      CHECK(asked.error().code() == row.code);
      CHECK(line.client.answered() == row.answered);
      CHECK(!line.client.rest());
    }
  }
}

TEST_CASE("a head of any size is refused when it is too large, in constant memory") {
  Line line;
  std::string endless = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 200; ++i) endless += cat("F", i, ": ", std::string(1000, 'x'), "\r\n");
  line.server_says(endless);
  Heard heard;
  Result<> asked = line.run(exchange(line.client, request(Method::Get, "GET"), "", heard));
  REQUIRE(!asked);
  CHECK(asked.error().code() == "http.head-too-large");
}

TEST_CASE("a server that takes nothing of a request fails it in time") {
  Line line(4096, 100);
  line.client.patience(30ms);
  std::string body(1000, 'x');
  Result<> asked = line.run(ask(line.client, request(Method::Post, "POST", {Framing::Kind::Length, 1000}), body));
  REQUIRE(!asked);
  CHECK(asked.error().kind() == Kind::Timeout);
}

TEST_CASE("an answer that comes before the request is sent is heard, but the connection is not used again") {
  Line line;
  line.server_says("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
  RequestHead head = request(Method::Post, "POST", {Framing::Kind::Length, 1000});
  line.client.begin(head);
  CHECK(line.run(line.client.write("some", More::Follows)));
  Heard heard;
  CHECK(line.run(hear(line.client, heard)));
  CHECK(heard.head.starts_with("413"));
  CHECK(!line.client.rest());
}

TEST_CASE("while a request is being sent, its answer is not waited for in vain") {
  Line line;
  line.client.patience(20ms);
  RequestHead head = request(Method::Post, "POST", {Framing::Kind::Chunked, 0});
  line.client.begin(head);
  CHECK(line.run(line.client.write("some", More::Follows)));
  auto pause_and_send = [](net::Loop& loop, H1Client& client) -> Task<> {
    co_await loop.sleep_for(80ms);
    co_await client.write("rest", More::Ends);
    co_return {};
  };
  auto pause_and_answer = [](net::Loop& loop, net::Stream& stream) -> Task<> {
    co_await loop.sleep_for(85ms);
    co_await net::write_all(stream, "HTTP/1.1 204 No Content\r\n\r\n");
    co_return {};
  };
  Heard heard;
  Task<> server = pause_and_answer(line.loop, line.pipe.right);
  Task<> sending = pause_and_send(line.loop, line.client);
  Task<> hearing = hear(line.client, heard);
  CHECK(line.run(net::both(std::move(server), net::both(std::move(sending), std::move(hearing)))));
  CHECK(heard.head == "204 No Content");
}

TEST_CASE("after a 101 both ways are plain bytes, with those that came along first") {
  for (std::size_t chunk : kCuts) {
    Line line(chunk);
    line.server_says("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n0\r\n\r\nfirst");
    line.pipe.right.finish();
    RequestHead head = request(Method::Get, "GET");
    head.wants_upgrade = true;
    head.upgrade = "x";
    CHECK(line.run(ask(line.client, head, "")));
    Result<const ResponseHead*> answer = net::run(line.loop, line.client.read_head());
    REQUIRE(answer);
    CHECK((*answer)->status == 101);
    CHECK((*answer)->upgrade == "x");
    line.client.become_tunnel();
    line.server_heard();
    CHECK(line.run(line.client.write("raw", More::Follows)));
    CHECK(line.server_heard() == "raw");
    std::string got;
    for (bool last = false; !last;) {
      Result<Piece> piece = net::run(line.loop, line.client.read_body());
      REQUIRE(piece);
      got += piece->bytes;
      last = piece->last;
    }
    CHECK(got == "0\r\n\r\nfirst");
    CHECK(!line.client.rest());
  }
}

TEST_CASE("what is at hand of a body is had without waiting") {
  Line line;
  line.server_says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
  CHECK(line.run(ask(line.client, request(Method::Get, "GET"), "")));
  REQUIRE(net::run(line.loop, line.client.read_head()));
  std::optional<Piece> first = line.client.try_body();
  REQUIRE(first);
  CHECK(first->bytes == "hel");
  CHECK(!line.client.try_body());
  line.server_says("lo");
  std::optional<Piece> second = line.client.try_body();
  REQUIRE(second);
  CHECK(second->last);
}

}  // namespace
}  // namespace pforte::http
