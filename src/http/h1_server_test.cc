#include "http/h1_server.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "http/compose.h"
#include "net/memory_pipe.h"
#include "net/testing.h"
#include "net/together.h"

namespace pforte::http {
namespace {

using namespace std::chrono_literals;
using net::Task;

constexpr std::size_t kPieces[] = {1, 2, 7, 4096};

ResponseHead head_of(int status, Framing body) {
  ResponseHead head;
  head.status = status;
  head.reason = reason_of(status);
  head.body = body;
  return head;
}

// Answers by the path of the request; counts what it was asked.
class Desk final : public Service {
 public:
  Task<> serve(Exchange& exchange) override {
    ++served;
    std::string_view path = exchange.request().path;
    if (path == "/early") return answer(exchange, 413, "too large");
    if (path == "/none") return answer(exchange, 204, "");
    if (path == "/same") return answer(exchange, 304, "");
    if (path == "/pieces") return pieces(exchange, Framing::Kind::Chunked);
    if (path == "/until-close") return pieces(exchange, Framing::Kind::UntilClose);
    if (path == "/last") return last(exchange);
    if (path == "/upgrade") return upgrade(exchange);
    if (path == "/events") return events(exchange);
    if (path == "/silent") return silent(exchange);
    return echo(exchange);
  }
  Task<> refuse(Exchange& exchange, Refusal refusal) override {
    ++refused;
    if (const Field* field = exchange.request().find(FieldName::AcceptLanguage)) refused_language = field->value;
    return answer(exchange, refusal.status, refusal.code);
  }

  int served = 0;
  int refused = 0;
  std::string refused_language;
  Pace pace{};
  net::Signal next_event;
  std::string body_error;

 private:
  static Task<> answer(Exchange& exchange, int status, std::string_view body) {
    Framing framing{Framing::Kind::Length, body.size()};
    if (status == 204 || status == 304) framing = {};
    ResponseHead head = head_of(status, framing);
    exchange.begin(head);
    co_await exchange.write(body, More::Ends, {});
    co_return {};
  }
  // Says what it heard.
  Task<> echo(Exchange& exchange) {
    exchange.pace(pace);
    if (exchange.request().expects_continue) {
      ResponseHead head = head_of(100, {});
      co_await exchange.inform(head);
    }
    std::string said = cat(exchange.request().method_text, ' ', exchange.request().path, ' ');
    for (;;) {
      Result<Piece> piece = co_await outcome(exchange.read_body());
      if (!piece) {
        body_error = piece.error().code();
        Result<> told = co_await outcome(answer(exchange, 400, body_error));
        co_return told;
      }
      said += piece->bytes;
      if (piece->last) break;
    }
    for (const Field& trailer : exchange.request_trailers()) said += cat(' ', trailer.name, '=', trailer.value);
    co_await answer(exchange, 200, said);
    co_return {};
  }
  static Task<> pieces(Exchange& exchange, Framing::Kind kind) {
    ResponseHead head = head_of(200, {kind, 0});
    exchange.begin(head);
    Fields trailers{{"T", "v", FieldName::Other}};
    co_await exchange.write("", More::Follows, {});
    co_await exchange.write("one", More::Follows, {});
    co_await exchange.write("sixteen letters!", More::Follows, {});
    co_await exchange.write("", More::Ends, trailers);
    co_return {};
  }
  static Task<> last(Exchange& exchange) {
    exchange.close_afterwards();
    co_await answer(exchange, 200, "bye");
    co_return {};
  }
  static Task<> silent(Exchange&) { co_return {}; }
  Task<> events(Exchange& exchange) {
    ResponseHead head = head_of(200, {Framing::Kind::Chunked, 0});
    exchange.begin(head);
    std::string event(1000, 'e');
    co_await exchange.write(event, More::Follows, {});
    co_await next_event;
    co_await exchange.write("", More::Ends, {});
    co_return {};
  }
  // Doubles what comes, as long as it comes.
  static Task<> upgrade(Exchange& exchange) {
    ResponseHead head = head_of(101, {});
    head.upgrade = "doubling";
    exchange.begin(head);
    co_await exchange.write("", More::Follows, {});
    for (;;) {
      Piece piece = co_await exchange.read_body();
      std::string twice = cat(piece.bytes, piece.bytes);
      co_await exchange.write(twice, piece.last ? More::Ends : More::Follows, {});
      if (piece.last) co_return {};
    }
  }
};

Task<> collect(net::Stream& stream, std::string& got) {
  std::array<char, 4096> block;
  for (;;) {
    std::size_t count = co_await net::read_some(stream, block);
    if (count == 0) co_return {};
    got.append(block.data(), count);
  }
}

Task<> say(net::Stream& stream, std::string_view words) {
  co_await net::write_all(stream, words);
  stream.finish();
  co_return {};
}

Task<> leave(Task<> task, net::Stream& stream, Result<>& ended) {
  ended = co_await outcome(std::move(task));
  stream.finish();
  co_return {};
}

struct Conversation {
  std::string answers;
  Result<> ended;
};

// What the client hears when it says all at once and then no more.
Conversation converse(Desk& desk, std::string_view words, std::size_t chunk, ServerLimits limits = {}) {
  net::Loop loop;
  net::MemoryPipe pipe(loop, chunk, 64);
  H1Server server(loop, pipe.right, desk, limits);
  Conversation talk;
  Task<> client = net::both(say(pipe.left, words), collect(pipe.left, talk.answers));
  Result<> in_time =
      net::run(loop, net::within(loop, 10s, net::both(leave(server.run(), pipe.right, talk.ended), std::move(client))));
  CHECK(in_time);
  return talk;
}

std::string ok(std::string_view body, std::string_view connection = "") {
  return cat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n", connection, "\r\n", body);
}

constexpr std::string_view kClose = "Connection: close\r\n";

struct Exchanged {
  std::string said, heard;
};

void check_in_every_cut(const Exchanged& row) {
  for (std::size_t chunk : kPieces) {
    CAPTURE(chunk);
    CAPTURE(row.said);
    Desk desk;
    Conversation talk = converse(desk, row.said, chunk);
    CHECK(talk.ended);
    CHECK(talk.answers == row.heard);
  }
}

TEST_CASE("a connection serves one request after the other, however the bytes are cut") {
  const Exchanged rows[] = {
      {"", ""},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ok("GET / ")},
      {"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
       ok("GET /1 ") + ok("GET /2 ") + ok("GET /3 ")},
      {"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
       ok("POST /1 hello") + ok("GET /2 ")},
      {"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
       ok("POST /1 ") + ok("GET /2 ")},
      {"POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: v\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
       ok("POST /1 hello world T=v") + ok("GET /2 ")},
      {"GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
       ok("GET /1 ", kClose)},
      {"GET /last HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", ok("bye", kClose)},
      {"GET / HTTP/1.1\r\nHost: a\r\n", ""},  // an end in the middle of a head is no request
  };
  for (const Exchanged& row : rows) check_in_every_cut(row);
}

TEST_CASE("HTTP/1.0 closes unless asked to keep alive, and is spared what it does not know") {
  const Exchanged rows[] = {
      {"GET /1 HTTP/1.0\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\nHost: a\r\n\r\n", ok("GET /1 ", kClose)},
      {"GET /1 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\nHost: a\r\n\r\n",
       ok("GET /1 ", "Connection: keep-alive\r\n") + ok("GET /2 ", kClose)},
      {"GET /pieces HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
       "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonesixteen letters!"},
      {"POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", ok("POST / hi", kClose)},
  };
  for (const Exchanged& row : rows) check_in_every_cut(row);
}

TEST_CASE("an answer is framed as it was begun, and has no body where it may not have one") {
  const Exchanged rows[] = {
      {"GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n10\r\nsixteen letters!\r\n0\r\nT: v\r\n\r\n"},
      {"GET /until-close HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonesixteen letters!"},
      {"HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + ok("GET / ")},
      {"HEAD /pieces HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ok("GET / ")},
      {"GET /none HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 204 No Content\r\n\r\n" + ok("GET / ")},
      {"GET /same HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 304 Not Modified\r\n\r\n" + ok("GET / ")},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
       "HTTP/1.1 100 Continue\r\n\r\n" + ok("POST / hi")},
  };
  for (const Exchanged& row : rows) check_in_every_cut(row);
}

TEST_CASE("after a 101 the bytes are nobody's HTTP any more") {
  const std::string said = "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: doubling\r\n\r\n";
  for (std::size_t chunk : kPieces) {
    CAPTURE(chunk);
    Desk desk;
    Conversation talk = converse(desk, said + "GET / HTTP/1.1\r\n\r\n", chunk);
    CHECK(talk.ended);
    constexpr std::string_view kHead =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: doubling\r\n\r\n";
    CHECK(talk.answers.starts_with(kHead));
    CHECK(talk.answers.size() == kHead.size() + 36);
    CHECK(desk.served == 1);
  }
}

TEST_CASE("what is no request is refused once, and ends the connection") {
  struct Row {
    std::string_view said, status, code;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request", "http.host-missing"},
      {"GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request", "http.bare-lf"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400 Bad Request", "http.two-lengths"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported", "http.version"},
      {"\x16\x03\x01\x02\x00\x01", "400 Bad Request", ""},
  };
  for (std::size_t chunk : kPieces) {
    for (const Row& row : rows) {
      CAPTURE(chunk);
      CAPTURE(row.said);
      Desk desk;
      Conversation talk = converse(desk, cat("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", row.said, "GET /2 "), chunk);
      std::string refusal = cat("HTTP/1.1 ", row.status, "\r\nContent-Length: ");
      CHECK(talk.ended);
      CHECK(talk.answers.starts_with(ok("GET /1 ") + refusal));
      CHECK(talk.answers.ends_with(row.code));
      CHECK(talk.answers.find(kClose, ok("GET /1 ").size()) != std::string::npos);
      CHECK(desk.served == 1);
      CHECK(desk.refused == 1);
    }
  }
}

TEST_CASE("who is refused for too large an Authorization is known by all other fields that came") {
  struct Row {
    std::string_view before, behind, language;
  };
  const Row rows[] = {
      {"Accept-Language: de\r\n", "", "de"},
      {"", "Accept-Language: de\r\n\r\n", "de"},
      {"", "Accept-Language: de\r\nX: cut", "de"},
      {"Accept-Language: de\r\n", "Content-Length: x\r\n\r\n", ""},  // cannot be read
  };
  ServerLimits limits;
  limits.head.authorization_bytes = 100;
  for (std::size_t chunk : kPieces) {
    for (const Row& row : rows) {
      CAPTURE(chunk);
      CAPTURE(row.behind);
      std::string said = cat("GET / HTTP/1.1\r\nHost: a\r\n", row.before, "Authorization: Negotiate ",
                             std::string(200, 'A'), "\r\n", row.behind);
      Desk desk;
      Conversation talk = converse(desk, said, chunk, limits);
      CHECK(talk.ended);
      CHECK(talk.answers.starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
      CHECK(talk.answers.ends_with("http.authorization-too-large"));
      CHECK(desk.refused_language == row.language);
    }
  }
}

TEST_CASE("a body that is broken or cut fails its reader, and nothing behind it is a request") {
  struct Row {
    std::string_view body, code;
  };
  const Row rows[] = {
      {"Content-Length: 10\r\n\r\nhello", "http.body-cut"},
      {"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "http.body-cut"},
      {"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "http.body-cut"},
      {"Transfer-Encoding: chunked\r\n\r\nx\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "http.chunk-size"},
      {"Transfer-Encoding: chunked\r\n\r\n1\r\nabGET /2 HTTP/1.1\r\nHost: a\r\n\r\n", "http.chunk-end"},
  };
  for (std::size_t chunk : kPieces) {
    for (const Row& row : rows) {
      CAPTURE(chunk);
      CAPTURE(row.body);
      Desk desk;
      Conversation talk = converse(desk, cat("POST / HTTP/1.1\r\nHost: a\r\n", row.body), chunk);
      CHECK(desk.body_error == row.code);
      CHECK(desk.served == 1);
      CHECK(desk.refused == 0);
    }
  }
}

TEST_CASE("an early answer is heard, and the connection goes on only when the rest of the body is at hand") {
  std::string small = "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  std::string next = "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\n";
  Desk desk;
  Conversation talk = converse(desk, small + next, 4096);
  CHECK(talk.answers.starts_with(refusal));

  std::string large =
      cat("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\n", std::string(600'000, 'x'));
  Desk other;
  Conversation longer = converse(other, large + next, 4096);
  CHECK(longer.ended);
  CHECK(longer.answers == refusal + "\r\ntoo large");
  CHECK(other.served == 1);
}

// Takes everything and sends it when it can, as a TLS stream does.
class Keeping final : public net::Stream {
 public:
  explicit Keeping(net::Stream& lower) : lower_(lower) {}
  net::Io try_read(std::span<char> into) override { return lower_.try_read(into); }
  net::Io try_write(std::span<const std::string_view> pieces) override {
    std::size_t before = kept_.size();
    for (std::string_view piece : pieces) kept_ += piece;
    std::size_t taken = kept_.size() - before;
    try_flush();
    return {net::Io::Status::Moved, taken};
  }
  net::Io try_flush() override {
    while (!kept_.empty()) {
      std::string_view piece = kept_;
      net::Io io = lower_.try_write(std::span(&piece, 1));
      if (!io.moved()) return io;
      kept_.erase(0, io.bytes);
    }
    return {net::Io::Status::Moved};
  }
  void finish() override { lower_.finish(); }
  net::Signal& readable() override { return lower_.readable(); }
  net::Signal& writable() override { return lower_.writable(); }
  void read_deadline(net::Instant at) override { lower_.read_deadline(at); }
  void write_deadline(net::Instant at) override { lower_.write_deadline(at); }
  void tell_when_broken(net::Signal* other) override { lower_.tell_when_broken(other); }
  bool broken() const override { return lower_.broken(); }
  Error failure() const override { return lower_.failure(); }

 private:
  net::Stream& lower_;
  std::string kept_;
};

Task<> collect_until(net::Stream& stream, std::size_t size, std::string& got) {
  std::array<char, 64> block;
  while (got.size() < size) {
    std::size_t count = co_await net::read_some(stream, block);
    got.append(block.data(), count);
  }
  co_return {};
}

TEST_CASE("a piece reaches a slow client before the next one is known") {
  net::Loop loop;
  net::MemoryPipe pipe(loop, 64, 100);
  Keeping keeping(pipe.right);
  Desk desk;
  ServerLimits limits;
  H1Server server(loop, keeping, desk, limits);
  CHECK(net::run(loop, net::write_all(pipe.left, "GET /events HTTP/1.1\r\nHost: a\r\n\r\n")));
  loop.spawn(server.run());
  std::string got;
  CHECK(net::run(loop, net::within(loop, 5s, collect_until(pipe.left, 1054, got))));
  CHECK(got.ends_with("e\r\n"));
  loop.cancel_tasks();
}

TEST_CASE("a service that does not answer ends the connection without a word") {
  Desk desk;
  Conversation talk = converse(desk, "GET /silent HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 4096);
  REQUIRE(!talk.ended);
  CHECK(talk.ended.error().code() == "http.unanswered");
  CHECK(talk.answers.empty());
}

Task<> hear_out(net::MemoryPipe& pipe, std::string& heard) {
  co_await collect(pipe.left, heard);
  pipe.left.finish();
  co_return {};
}

// A client that says `words` and then nothing, and goes when the server does.
struct Silence {
  explicit Silence(std::string_view words, ServerLimits given = {}) : limits(given) {
    pipe.left.try_write(std::span(&words, 1));
    loop.spawn(hear_out(pipe, answers));
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() { loop.cancel_tasks(); }
  Result<> serve() { return net::run(loop, net::within(loop, 10s, server.run())); }

  net::Loop loop;
  net::MemoryPipe pipe{loop};
  std::string answers;
  Desk desk;
  ServerLimits limits;
  H1Server server{loop, pipe.right, desk, limits};
};

TEST_CASE("a client that says nothing is left after the idle time, without an answer") {
  for (std::string_view words : {"", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    Silence silence(words, {.head = {}, .idle = 40ms, .head_time = 5s});
    CHECK(silence.serve());
    CHECK(silence.answers == (words.empty() ? "" : ok("GET / ")));
    CHECK(silence.desk.refused == 0);
  }
}

TEST_CASE("a head that does not end in time is refused with 408, also when it began behind another request") {
  for (std::string_view before : {"", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    Silence silence(cat(before, "GET /slow HTTP/1.1\r\n"), {.head = {}, .idle = 5s, .head_time = 40ms});
    CHECK(silence.serve());
    CHECK(silence.answers.find("HTTP/1.1 408 Request Timeout\r\n") != std::string::npos);
    CHECK(silence.answers.ends_with("http.head-too-slow"));
    CHECK(silence.desk.refused == 1);
  }
}

TEST_CASE("a head whose Authorization is too large is refused with 431 in time, when its end does not come") {
  std::string words = cat("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ", std::string(200, 'A'));
  Silence silence(words, {.head = {.authorization_bytes = 100}, .idle = 5s, .head_time = 40ms});
  CHECK(silence.serve());
  CHECK(silence.answers.starts_with("HTTP/1.1 431 "));
  CHECK(silence.desk.refused == 1);
}

TEST_CASE("a body that stops coming fails its reader in time") {
  Silence silence("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  silence.desk.pace = {.longest_wait = 40ms, .bytes_per_second = 0};
  CHECK(silence.serve());
  CHECK(silence.desk.body_error == "http.body-too-slow");
}

Task<> drip(net::Loop& loop, net::Stream& stream, std::string_view words, net::Duration pause) {
  for (char letter : words) {
    std::string one(1, letter);
    co_await net::write_all(stream, one);
    co_await loop.sleep_for(pause);
  }
  co_return {};
}

TEST_CASE("a body that drips below its pace fails its reader, though no single wait is long") {
  Silence silence("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  silence.desk.pace = {.longest_wait = 150ms, .bytes_per_second = 1000};
  std::string words(12, 'x');
  Task<> client = drip(silence.loop, silence.pipe.left, words, 20ms);
  CHECK(net::run(silence.loop, net::both(silence.server.run(), std::move(client))));
  CHECK(silence.desk.body_error == "http.body-too-slow");
}

TEST_CASE("an idle client whose bytes amount to nothing is left in time all the same") {
  Silence silence("", {.head = {}, .idle = 100ms, .head_time = 5s});
  // What a TLS stream does when parts of a record arrive.
  auto ring = [](net::Loop& loop, net::Signal& signal) -> Task<> {
    for (int i = 0; i < 25; ++i) {
      co_await loop.sleep_for(20ms);
      signal.ring();
    }
    co_return {};
  };
  net::Instant begin = net::Clock::now();
  bool left = false;
  silence.loop.spawn(silence.server.run(), [&](Result<>) {
    left = true;
    CHECK(net::Clock::now() - begin < 400ms);
  });
  CHECK(net::run(silence.loop, ring(silence.loop, silence.pipe.right.readable())));
  CHECK(left);
}

TEST_CASE("a server that is to end soon leaves at once between requests, else after the answer") {
  Silence idle("");
  idle.loop.post([&] { idle.server.end_soon(); });
  CHECK(idle.serve());

  Silence busy("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  std::string_view rest = "hiGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  busy.loop.spawn(drip(busy.loop, busy.pipe.left, rest, 1ms));
  busy.loop.post([&] { busy.server.end_soon(); });
  CHECK(busy.serve());
  CHECK(busy.answers == ok("POST / hi", kClose));
  CHECK(busy.desk.served == 1);
}

TEST_CASE("a dropped connection is the end of the conversation and its failure") {
  Silence silence("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  silence.loop.post([&] { silence.pipe.left.drop(); });
  Result<> served = silence.serve();
  REQUIRE(!served);
  CHECK(served.error().kind() == Kind::Closed);
}

}  // namespace
}  // namespace pforte::http
