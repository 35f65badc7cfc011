#include "http/h2_client.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "http/h2_server.h"
#include "net/memory_pipe.h"
#include "net/testing.h"

namespace pforte::http {
namespace {

using namespace std::chrono_literals;
using net::Task;

// Answers by the path of the request.
class H2Counter final : public Service {
 public:
  Task<> serve(Exchange& exchange) override {
    ++served;
    std::string_view path = exchange.request().path;
    if (path == "/large") return answer(exchange, std::string(2'000'000, 'x'));
    if (path == "/never") return never(exchange);
    if (path == "/hint") return hint(exchange);
    if (path == "/socket") return socket(exchange);
    return echo(exchange);
  }
  Task<> refuse(Exchange& exchange, Refusal refusal) override { return answer(exchange, std::string(refusal.code)); }

  int served = 0;
  int given_up = 0;

 private:
  static void begin(Exchange& exchange, int status, Framing framing) {
    ResponseHead head;
    head.status = status;
    head.body = framing;
    exchange.begin(head);
  }
  static Task<> answer(Exchange& exchange, std::string body) {
    begin(exchange, 200, {Framing::Kind::Length, body.size()});
    co_await exchange.write(body, More::Ends, {});
    co_return {};
  }
  static Task<> echo(Exchange& exchange) {
    std::string said;
    for (bool last = false; !last;) {
      Piece piece = co_await exchange.read_body();
      said += piece.bytes;
      last = piece.last;
    }
    Fields trailers = exchange.request_trailers();
    begin(exchange, 200, {Framing::Kind::Chunked, 0});
    co_await exchange.write(cat(exchange.request().method_text, " ", said), More::Ends, trailers);
    co_return {};
  }
  Task<> never(Exchange& exchange) {
    net::Signal gone;
    exchange.tell_when_broken(&gone);
    Result<> waited = co_await gone.outcome();
    ++given_up;
    co_return waited;
  }
  static Task<> hint(Exchange& exchange) {
    ResponseHead head;
    head.status = 103;
    head.fields = {{"Link", "</a>", FieldName::Other}};
    co_await exchange.inform(head);
    co_await exchange.inform(head);
    co_await answer(exchange, "page");
    co_return {};
  }
  static Task<> socket(Exchange& exchange) {
    begin(exchange, 101, {});
    for (;;) {
      Piece piece = co_await exchange.read_body();
      co_await exchange.write(piece.bytes, piece.last ? More::Ends : More::Follows, {});
      if (piece.last) co_return {};
    }
  }
};

// What came of one request.
struct Outcome {
  int status = 0;
  int interim = 0;
  std::string body;
  std::string trailer;
  std::string error;  // its code
};

RequestHead asking(std::string_view method, std::string_view path, Framing body = {}) {
  RequestHead head;
  head.method = method == "POST" ? Method::Post : Method::Get;
  head.method_text = method;
  head.path = path;
  head.fields = {{"Host", "app.example", FieldName::Host}};
  head.body = body;
  return head;
}

Task<> read_answer(ClientExchange& exchange, Outcome& into) {
  const ResponseHead* head = co_await exchange.read_head();
  for (; head->is_interim(); ++into.interim) head = co_await exchange.read_head();
  into.status = head->status;
  for (bool last = false; !last;) {
    Piece piece = co_await exchange.read_body();
    into.body += piece.bytes;
    last = piece.last;
  }
  for (const Field& field : exchange.trailers()) into.trailer += cat(field.name, "=", field.value);
  co_return {};
}

Task<> ask(H2Client& client, std::string path, std::string body, Outcome& into, net::Duration patience = 10s) {
  std::unique_ptr<ClientExchange> exchange = client.open();
  exchange->patience(patience);
  bool uploads = !body.empty();
  RequestHead head =
      asking(uploads ? "POST" : "GET", path, {uploads ? Framing::Kind::Chunked : Framing::Kind::None, 0});
  exchange->begin(head);
  Fields trailers{{"Sum", "7", FieldName::Other}};
  Result<> done = co_await outcome(exchange->write(body, More::Ends, trailers));
  if (done) done = co_await outcome(read_answer(*exchange, into));
  if (!done) into.error = done.error().code();
  co_return {};
}

// Two of ours at the ends of a pipe.
struct H2Pair {
  net::Loop loop;
  net::MemoryPipe pipe;
  H2Counter desk;
  ServerLimits limits;
  H2Server server;
  H2Client client;

  explicit H2Pair(std::size_t chunk = 65536, unsigned streams = 100)
      : pipe(loop, chunk),
        limits(with(streams)),
        server(loop, pipe.right, desk, limits),
        client(loop, pipe.own_left(), "http") {
    loop.spawn(server.run(), [](Result<>) {});
    CHECK(net::run(loop, client.greeted()));
  }
  H2Pair(const H2Pair&) = delete;
  H2Pair& operator=(const H2Pair&) = delete;
  ~H2Pair() { loop.cancel_tasks(); }

  static ServerLimits with(unsigned streams) {
    ServerLimits limits;
    limits.streams = streams;
    return limits;
  }
  Outcome get(std::string path, std::string body = {}, net::Duration patience = 10s) {
    Outcome outcome;
    CHECK(net::run(loop, ask(client, std::move(path), std::move(body), outcome, patience)));
    return outcome;
  }
  void settle() {
    auto sleep = [](net::Loop& here) -> Task<> {
      co_await here.sleep_for(30ms);
      co_return {};
    };
    CHECK(net::run(loop, sleep(loop)));
  }
};

TEST_CASE("requests and answers pass over HTTP/2, however the bytes are cut") {
  for (std::size_t chunk : {1, 7, 4096, 65536}) {
    CAPTURE(chunk);
    H2Pair pair(chunk);
    CHECK(pair.get("/").body == "GET ");
    Outcome posted = pair.get("/", std::string(chunk * 100, 'b'));
    CHECK(posted.status == 200);
    CHECK(posted.body == "POST " + std::string(chunk * 100, 'b'));
    CHECK(posted.trailer == "sum=7");
    Outcome hinted = pair.get("/hint");
    CHECK(hinted.interim == 2);
    CHECK(hinted.body == "page");
    CHECK(pair.client.streams() == 0);
  }
}

TEST_CASE("an answer that nobody reads stops at its window, and others go on") {
  H2Pair pair;
  std::unique_ptr<ClientExchange> unread = pair.client.open();
  RequestHead head = asking("GET", "/large");
  unread->begin(head);
  CHECK(net::run(pair.loop, unread->write("", More::Ends, {})));
  CHECK(net::run(pair.loop, unread->read_head()));
  pair.settle();
  for (int i = 0; i < 20; ++i) CHECK(pair.get("/").status == 200);
  std::optional<Piece> kept = unread->try_body();
  REQUIRE(kept);
  CHECK(kept->bytes.size() == 256UZ * 1024);
  CHECK(pair.get("/large").body.size() == 2'000'000);
}

TEST_CASE("as many requests go at once as the server allows") {
  H2Pair pair(65536, 3);
  std::vector<std::unique_ptr<ClientExchange>> open;
  while (pair.client.has_room()) open.push_back(pair.client.open());
  CHECK(open.size() == 3);
  open.pop_back();
  CHECK(pair.client.has_room());
}

TEST_CASE("a request that is given up is taken back from the server") {
  H2Pair pair;
  {
    std::unique_ptr<ClientExchange> exchange = pair.client.open();
    RequestHead head = asking("GET", "/never");
    exchange->begin(head);
    CHECK(net::run(pair.loop, exchange->write("", More::Ends, {})));
    pair.settle();
    CHECK(pair.desk.served == 1);
  }
  pair.settle();
  CHECK(pair.desk.given_up == 1);
  CHECK(pair.get("/").status == 200);
}

TEST_CASE("a server that is silent is waited for as long as patience lasts") {
  H2Pair pair;
  CHECK(pair.get("/never", {}, 300ms).error == "net.timeout");
  CHECK(pair.get("/").status == 200);
}

TEST_CASE("a server that leaves takes no more requests, and finishes those it has") {
  H2Pair pair;
  std::unique_ptr<ClientExchange> exchange = pair.client.open();
  RequestHead head = asking("POST", "/", {Framing::Kind::Chunked, 0});
  exchange->begin(head);
  CHECK(net::run(pair.loop, exchange->write("a", More::Follows, {})));
  pair.settle();
  pair.server.end_soon();
  pair.settle();
  CHECK(!pair.client.has_room());
  CHECK(!pair.client.over());
  CHECK(net::run(pair.loop, exchange->write("b", More::Ends, {})));
  Outcome outcome;
  CHECK(net::run(pair.loop, read_answer(*exchange, outcome)));
  CHECK(outcome.body == "POST ab");
  exchange.reset();
  CHECK(pair.client.over());
}

TEST_CASE("a server answers a PING") {
  H2Pair pair;
  CHECK(net::run(pair.loop, pair.client.ping()));
}

TEST_CASE("a WebSocket goes over HTTP/2 where the server takes it") {
  H2Pair pair;
  CHECK(pair.client.takes_tunnels());
  std::unique_ptr<ClientExchange> exchange = pair.client.open();
  RequestHead head = asking("GET", "/socket");
  head.wants_upgrade = true;
  head.upgrade = "websocket";
  exchange->begin(head);
  CHECK(net::run(pair.loop, exchange->write("", More::Ends, {})));
  const ResponseHead* answer = net::run(pair.loop, exchange->read_head()).value();
  CHECK(answer->status == 101);
  CHECK(answer->upgrade == "websocket");
  exchange->become_tunnel();
  CHECK(net::run(pair.loop, exchange->write("hello", More::Follows, {})));
  CHECK(net::run(pair.loop, exchange->read_body())->bytes == "hello");
  CHECK(net::run(pair.loop, exchange->write("", More::Ends, {})));
  CHECK(net::run(pair.loop, exchange->read_body())->last);
}

// A server that says what the test wants, in frames made by hand.
struct H2Stranger {
  net::Loop loop;
  net::MemoryPipe pipe{loop};
  H2Client client{loop, pipe.own_left(), "http"};

  H2Stranger() = default;
  H2Stranger(const H2Stranger&) = delete;
  H2Stranger& operator=(const H2Stranger&) = delete;
  ~H2Stranger() { loop.cancel_tasks(); }

  static std::string frame(char kind, char flags, char stream, std::string_view payload) {
    return cat(std::string{0, char(payload.size() >> 8), char(payload.size()), kind, flags, 0, 0, 0, stream}, payload);
  }
  void say(std::string_view bytes) { pipe.right.try_write(std::span(&bytes, 1)); }
  void greet() {
    say(frame(4, 0, 0, ""));
    CHECK(net::run(loop, client.greeted()));
  }
  // Of a POST, the only request.
  Outcome answered(std::string_view frames) {
    greet();
    std::string late(frames);
    loop.spawn(later(late), [](Result<>) {});
    Outcome outcome;
    CHECK(net::run(loop, ask(client, "/", "body", outcome)));
    return outcome;
  }

 private:
  Task<> later(std::string frames) {
    co_await loop.sleep_for(30ms);
    say(frames);
    co_return {};
  }
};

TEST_CASE("who does not begin with HTTP/2 does not speak it") {
  for (std::string_view words : {"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"}) {
    H2Stranger stranger;
    stranger.say(words);
    Result<> greeted = net::run(stranger.loop, stranger.client.greeted());
    REQUIRE(!greeted);
    CHECK(greeted.error().code() == "backend.no-http2");
    CHECK(stranger.client.over());
  }
  H2Stranger gone;
  gone.pipe.right.finish();
  CHECK(net::run(gone.loop, gone.client.greeted()).error().code() == "backend.no-http2");
}

TEST_CASE("what a server says wrongly fails the request, and nothing more is asked there") {
  const std::string status = "\x88";  // :status 200
  const std::string promise("\0\0\0\2\x82\x86\x84\x41\x01x", 10);
  std::string pings;
  for (int i = 0; i < 900; ++i) pings += H2Stranger::frame(6, 0, 0, "12345678");
  struct Row {
    std::string frames;
    std::string_view code;
  };
  const Row rows[] = {
      {H2Stranger::frame(1, 5, 1, status + status), "backend.http2"},
      {H2Stranger::frame(0, 1, 9, "x"), "backend.http2"},
      {H2Stranger::frame(5, 4, 1, promise), "backend.http2"},
      {H2Stranger::frame(1, 5, 1,
                         status + std::string("\0\x0a"
                                              "connection\x01x",
                                              14)),
       "backend.http2"},
      {pings, "backend.http2-flood"},
      {H2Stranger::frame(7, 0, 0, std::string(8, '\0')), "backend.refused"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.frames.substr(0, 40));
    H2Stranger stranger;
    CHECK(stranger.answered(row.frames).error == row.code);
    CHECK(!stranger.client.has_room());
  }
}

TEST_CASE("a request that a server refuses or resets says which, and the connection goes on") {
  struct Row {
    std::string error;
    std::string_view code;
  };
  const Row rows[] = {{std::string("\0\0\0\7", 4), "backend.refused"},
                      {std::string("\0\0\0\2", 4), "backend.reset"},
                      {std::string("\0\0\0\x0d", 4), "backend.http1-required"}};
  for (const Row& row : rows) {
    H2Stranger stranger;
    CHECK(stranger.answered(H2Stranger::frame(3, 0, 1, row.error)).error == row.code);
    CHECK(stranger.client.has_room());
  }
}

TEST_CASE("a connection that breaks fails all that goes over it") {
  H2Stranger stranger;
  stranger.greet();
  Outcome first;
  Outcome second;
  stranger.loop.spawn(ask(stranger.client, "/a", "", first), [](Result<>) {});
  stranger.pipe.right.finish();
  CHECK(net::run(stranger.loop, ask(stranger.client, "/b", "", second)));
  CHECK(first.error == "backend.closed");
  CHECK(second.error == "backend.closed");
  CHECK(stranger.client.over());
}

}  // namespace
}  // namespace pforte::http
