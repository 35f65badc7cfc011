#include "http/h2_server.h"

#include <doctest/doctest.h>
#include <nghttp2/nghttp2.h>

#include <map>

#include "base/text.h"
#include "http/compose.h"
#include "net/memory_pipe.h"
#include "net/testing.h"

namespace pforte::http {
namespace {

using namespace std::chrono_literals;
using net::Task;

// Answers by the path of the request.
class H2Desk final : public Service {
 public:
  Task<> serve(Exchange& exchange) override {
    ++served;
    std::string_view path = exchange.request().path;
    if (path == "/late") return late(exchange);
    if (path == "/pieces") return pieces(exchange);
    if (path == "/large") return answer(exchange, 200, std::string(300'000, 'x'));
    if (path == "/nothing") return answer(exchange, 204, "");
    if (path == "/unanswered") return unanswered();
    if (path == "/alone") return alone(exchange);
    if (path == "/socket") return socket(exchange);
    if (path == "/long-head") return long_head(exchange);
    if (path == "/pool") return pool();
    return echo(exchange);
  }
  Task<> refuse(Exchange& exchange, Refusal refusal) override {
    return answer(exchange, refusal.status, std::string(refusal.code));
  }

  int served = 0;
  int ended = 0;  // those of /late and /pool that went on to their end, well or badly
  net::Signal go;
  std::string body_error;

 private:
  static void begin(Exchange& exchange, int status, Framing framing) {
    ResponseHead head;
    head.status = status;
    head.fields = {{"Mark", "yes", FieldName::Other}};
    head.body = framing;
    exchange.begin(head);
  }
  static Task<> answer(Exchange& exchange, int status, std::string body) {
    begin(exchange, status, {Framing::Kind::Length, body.size()});
    co_await exchange.write(body, More::Ends, {});
    co_return {};
  }
  Task<> echo(Exchange& exchange) {
    std::string said = cat(exchange.request().method_text, ' ', exchange.request().path, ' ');
    bool has_body = exchange.request().body.kind != Framing::Kind::None;
    while (has_body) {
      Result<Piece> piece = co_await outcome(exchange.read_body());
      if (!piece) body_error = piece.error().code();
      if (!piece) co_return std::unexpected(std::move(piece).error());
      said += piece->bytes;
      has_body = !piece->last;
    }
    for (const Field& field : exchange.request_trailers()) said += cat(" ", field.name, "=", field.value);
    co_await answer(exchange, 200, said);
    co_return {};
  }
  Task<> late(Exchange& exchange) {
    net::Signal gone;
    exchange.tell_when_broken(&gone);
    Result<> waited = co_await gone.outcome();
    ++ended;
    co_return waited;
  }
  Task<> pool() {
    co_await go;
    ++ended;
    co_return {};
  }
  static Task<> pieces(Exchange& exchange) {
    begin(exchange, 200, {Framing::Kind::Chunked});
    co_await exchange.write("one ", More::Follows, {});
    co_await exchange.write("two ", More::Follows, {});
    Fields trailers{{"Checksum", "7", FieldName::Other}};
    co_await exchange.write("three", More::Ends, trailers);
    co_return {};
  }
  static Task<> long_head(Exchange& exchange) {
    std::string value(10'000, 'v');
    ResponseHead head;
    head.status = 200;
    for (int i = 0; i < 10; ++i) head.fields.push_back({"Long", value, FieldName::Other});
    head.body = {Framing::Kind::Length, 0};
    exchange.begin(head);
    co_await exchange.write("", More::Ends, {});
    co_return {};
  }
  static Task<> unanswered() { co_return {}; }
  static Task<> alone(Exchange& exchange) {
    exchange.require_own_connection();
    co_return {};
  }
  static Task<> socket(Exchange& exchange) {
    ResponseHead head;
    head.status = 101;
    head.upgrade = "websocket";
    exchange.begin(head);
    for (;;) {
      Piece piece = co_await exchange.read_body();
      co_await exchange.write(piece.bytes, piece.last ? More::Ends : More::Follows, {});
      if (piece.last) co_return {};
    }
  }
};

// A client of nghttp2, and what it has heard.
class H2Caller {
 public:
  struct Answer {
    std::string head;
    std::string body;
    bool over = false;
    std::uint32_t error = 0;
  };

  explicit H2Caller(net::Stream& stream, bool takes = true) : stream_(stream) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          auto text = [](const std::uint8_t* bytes, std::size_t size) {
            return std::string_view(reinterpret_cast<const char*>(bytes), size);
          };
          self(user).answers[frame->hd.stream_id].head += cat(text(name, name_size), "=", text(value, value_size), ";");
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes, std::size_t size,
                      void* user) {
          self(user).answers[stream].body.append(reinterpret_cast<const char*>(bytes), size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user) {
          self(user).answers[stream].over = true;
          self(user).answers[stream].error = error;
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                         [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
                                                           if (frame->hd.type == NGHTTP2_GOAWAY)
                                                             self(user).goodbye = int(frame->goaway.error_code);
                                                           return 0;
                                                         });
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, takes ? 0 : 1);
    nghttp2_session_client_new2(&session_, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  H2Caller(const H2Caller&) = delete;
  H2Caller& operator=(const H2Caller&) = delete;
  ~H2Caller() { nghttp2_session_del(session_); }

  std::int32_t ask(std::string_view method, std::string_view path, std::vector<H2Field> more = {}, bool body = false) {
    std::vector<H2Field> fields{
        {":method", method}, {":scheme", "https"}, {":authority", "app.example"}, {":path", path}};
    fields.insert(fields.end(), more.begin(), more.end());
    std::vector<nghttp2_nv> list;
    list.reserve(fields.size());
    for (const H2Field& field : fields)
      list.push_back({bytes(field.name), bytes(field.value), field.name.size(), field.value.size(), 0});
    nghttp2_data_provider provider{};
    provider.source.ptr = this;
    provider.read_callback = [](nghttp2_session*, std::int32_t stream, std::uint8_t* into, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
      auto& upload = static_cast<H2Caller*>(source->ptr)->uploads[stream];
      std::size_t count = upload.bytes.copy(reinterpret_cast<char*>(into), size);
      upload.bytes.erase(0, count);
      if (upload.last && upload.bytes.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return count == 0 && !upload.last ? NGHTTP2_ERR_DEFERRED : ssize_t(count);
    };
    return nghttp2_submit_request(session_, nullptr, list.data(), list.size(), body ? &provider : nullptr, nullptr);
  }
  void upload(std::int32_t stream, std::string_view bytes, bool last) {
    uploads[stream].bytes += bytes;
    uploads[stream].last = last;
    nghttp2_session_resume_data(session_, stream);
  }
  void give_up(std::int32_t stream) { nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL); }
  void ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

  // Sends what there is to send, and hears what there is to hear.
  void talk() {
    const std::uint8_t* out = nullptr;
    for (ssize_t size = nghttp2_session_mem_send(session_, &out); size > 0;
         size = nghttp2_session_mem_send(session_, &out)) {
      std::string_view piece(reinterpret_cast<const char*>(out), std::size_t(size));
      stream_.try_write(std::span(&piece, 1));
    }
    std::string block(65536, '\0');
    for (net::Io io = stream_.try_read(block); io.moved(); io = stream_.try_read(block))
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(block.data()), io.bytes);
  }

  struct Upload {
    std::string bytes;
    bool last = false;
  };
  std::map<std::int32_t, Answer> answers;
  std::map<std::int32_t, Upload> uploads;
  int goodbye = -1;

 private:
  static H2Caller& self(void* user) { return *static_cast<H2Caller*>(user); }
  static std::uint8_t* bytes(std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }

  net::Stream& stream_;
  nghttp2_session* session_ = nullptr;
};

// A connection, served in turns of the loop that the test counts.
struct H2Talk {
  net::Loop loop;
  net::MemoryPipe pipe;
  H2Desk desk;
  ServerLimits limits;
  std::optional<H2Server> server;
  std::optional<Result<>> ended;
  H2Caller client;

  explicit H2Talk(ServerLimits own = {}, bool takes = true, std::size_t chunk = 65536)
      : pipe(loop, chunk), limits(own), client(pipe.left, takes) {
    server.emplace(loop, pipe.right, desk, limits);
    loop.spawn(server->run(), [this](Result<> result) { ended.emplace(std::move(result)); });
  }

  H2Talk(const H2Talk&) = delete;
  H2Talk& operator=(const H2Talk&) = delete;
  ~H2Talk() { loop.cancel_tasks(); }

  void turns(int count = 12) {
    for (int i = 0; i < count; ++i) {
      client.talk();
      // Whoever waits for the pipe is rung by a posted ring; one more turn sends what came of it.
      loop.post([this] { loop.post([this] { loop.stop(); }); });
      loop.run();
    }
    client.talk();
  }
  // Longer than deadlines of a test.
  void wait(net::Duration time) {
    loop.spawn(stop_after(time));
    loop.run();
    client.talk();
  }
  H2Caller::Answer& answer(std::int32_t stream) { return client.answers[stream]; }

 private:
  Task<> stop_after(net::Duration time) {
    co_await loop.sleep_for(time);
    loop.stop();
    co_return {};
  }
};

TEST_CASE("requests over one connection are answered side by side") {
  H2Talk talk;
  std::int32_t late = talk.client.ask("GET", "/late");
  std::int32_t one = talk.client.ask("GET", "/one");
  std::int32_t two = talk.client.ask("GET", "/two");
  talk.turns();
  CHECK(!talk.answer(late).over);
  CHECK(talk.answer(one).head == ":status=200;mark=yes;content-length=9;");
  CHECK(talk.answer(one).body == "GET /one ");
  CHECK(talk.answer(two).body == "GET /two ");
}

TEST_CASE("bodies pass both ways, wherever they are cut") {
  for (std::size_t chunk : {1UZ, 7UZ, 65536UZ}) {
    CAPTURE(chunk);
    H2Talk talk({}, true, chunk);
    std::int32_t stream = talk.client.ask("POST", "/up", {}, true);
    talk.turns(2);
    talk.client.upload(stream, "half ", false);
    talk.turns(2);
    talk.client.upload(stream, "whole", true);
    talk.turns();
    CHECK(talk.answer(stream).body == "POST /up half whole");
  }
}

TEST_CASE("an upload larger than the windows passes") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("POST", "/up", {}, true);
  talk.client.upload(stream, std::string(3'000'000, 'u'), true);
  talk.turns(200);
  CHECK(talk.answer(stream).body.size() == 3'000'000 + 9);
}

TEST_CASE("an answer larger than the windows passes") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("GET", "/large");
  talk.turns(50);
  CHECK(talk.answer(stream).body.size() == 300'000);
  CHECK(talk.answer(stream).over);
}

TEST_CASE("a client that opens no window holds up nobody else, and memory stays bounded") {
  H2Talk talk({}, false);
  std::int32_t large = talk.client.ask("GET", "/large");
  talk.turns();
  CHECK(talk.answer(large).body.size() == 65'535);
  std::int32_t head_only = talk.client.ask("GET", "/nothing");
  talk.turns();
  CHECK(talk.answer(head_only).over);
}

TEST_CASE("an answer in pieces ends with its trailers") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("GET", "/pieces");
  talk.turns();
  CHECK(talk.answer(stream).body == "one two three");
  CHECK(talk.answer(stream).head == ":status=200;mark=yes;checksum=7;");
  CHECK(talk.answer(stream).over);
}

TEST_CASE("an answer without a body ends with its head") {
  H2Talk talk;
  std::int32_t none = talk.client.ask("GET", "/nothing");
  std::int32_t head = talk.client.ask("HEAD", "/one");
  talk.turns();
  CHECK(talk.answer(none).head.starts_with(":status=204;"));
  CHECK(talk.answer(none).over);
  CHECK(talk.answer(head).body.empty());
  CHECK(talk.answer(head).over);
}

TEST_CASE("an answer before the end of the request ends both") {
  ServerLimits limits;
  limits.head.head_bytes = 200;
  H2Talk talk(limits);
  std::string much(300, 'a');
  std::int32_t stream = talk.client.ask("POST", "/up", {{"x", much}}, true);
  talk.turns();
  CHECK(talk.answer(stream).body == "http.head-too-large");
  CHECK(talk.answer(stream).over);
  CHECK(talk.answer(stream).error == NGHTTP2_NO_ERROR);
}

TEST_CASE("whoever serves a request that is given up learns of it") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("GET", "/late");
  talk.turns();
  talk.client.give_up(stream);
  talk.turns();
  CHECK(talk.desk.ended == 1);
}

TEST_CASE("a request that is given up in its body is told to its reader") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("POST", "/up", {}, true);
  talk.turns();
  talk.client.give_up(stream);
  talk.turns();
  CHECK(talk.desk.body_error == "http2.stream-closed");
}

TEST_CASE("an exchange that nobody answers is reset") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("GET", "/unanswered");
  talk.turns();
  CHECK(talk.answer(stream).error == NGHTTP2_INTERNAL_ERROR);
}

TEST_CASE("who needs a connection of its own is sent to HTTP/1.1") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("GET", "/alone");
  talk.turns();
  CHECK(talk.answer(stream).error == NGHTTP2_HTTP_1_1_REQUIRED);
}

TEST_CASE("a stream that was given up counts until its work has ended") {
  ServerLimits limits;
  limits.streams = 2;
  H2Talk talk(limits);
  for (int i = 0; i < 2; ++i) {
    std::int32_t stream = talk.client.ask("GET", "/pool");
    talk.turns();
    talk.client.give_up(stream);
    talk.turns();
  }
  std::int32_t refused = talk.client.ask("GET", "/one");
  talk.turns();
  CHECK(talk.answer(refused).error == NGHTTP2_REFUSED_STREAM);
  CHECK(talk.desk.served == 2);
}

TEST_CASE("requests that are taken back without end cost the connection") {
  H2Talk talk;
  for (int i = 0; i < 600 && !talk.ended; ++i) {
    std::int32_t stream = talk.client.ask("GET", "/late");
    talk.client.talk();
    talk.client.give_up(stream);
    talk.turns(1);
  }
  talk.turns();
  REQUIRE(talk.ended);
  CHECK(talk.ended->error().code() == "http2.abuse");
  CHECK(talk.client.goodbye == NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_CASE("pings without end cost the connection") {
  H2Talk talk;
  for (int i = 0; i < 600 && !talk.ended; ++i) {
    talk.client.ping();
    talk.turns(1);
  }
  talk.turns();
  REQUIRE(talk.ended);
  CHECK(talk.ended->error().code() == "http2.abuse");
}

TEST_CASE("what is not HTTP/2 ends the connection") {
  H2Talk talk;
  std::string_view other = "GET / HTTP/1.1\r\nHost: app.example\r\n\r\n";
  talk.pipe.left.try_write(std::span(&other, 1));
  talk.loop.post([&] { talk.loop.post([&] { talk.loop.stop(); }); });
  talk.loop.run();
  REQUIRE(talk.ended);
  CHECK(talk.ended->error().code() == "http2.protocol");
}

TEST_CASE("an idle connection that is to end says goodbye") {
  H2Talk talk;
  talk.client.ask("GET", "/one");
  talk.turns();
  talk.server->end_soon();
  talk.turns();
  CHECK(talk.client.goodbye == NGHTTP2_NO_ERROR);
}

TEST_CASE("a busy connection that is to end serves what was asked meanwhile") {
  H2Talk talk;
  std::int32_t busy = talk.client.ask("POST", "/up", {}, true);
  talk.turns();
  talk.server->end_soon();
  std::int32_t meanwhile = talk.client.ask("GET", "/one");
  talk.turns();
  CHECK(talk.answer(meanwhile).body == "GET /one ");
  talk.client.upload(busy, "rest", true);
  talk.turns();
  CHECK(talk.answer(busy).body == "POST /up rest");
}

TEST_CASE("a head that does not come in time ends the connection, whatever other streams do") {
  ServerLimits limits;
  limits.head_time = 30ms;
  H2Talk talk(limits);
  talk.client.ask("GET", "/late");
  talk.client.ask("GET", "/one");
  talk.turns(2);
  std::string_view open_head("\0\0\1\1\1\0\0\0\5\x82", 10);  // HEADERS of stream 5, without END_HEADERS
  talk.pipe.left.try_write(std::span(&open_head, 1));
  talk.wait(200ms);
  CHECK(talk.client.goodbye == NGHTTP2_NO_ERROR);
}

TEST_CASE("a client that goes in the middle of a large upload takes only its connection with it") {
  for (std::size_t bytes : {100'000UZ, 131'072UZ, 140'000UZ, 200'000UZ}) {
    CAPTURE(bytes);
    auto talk = std::make_unique<H2Talk>();
    std::int32_t stream = talk->client.ask("POST", "/up", {}, true);
    talk->turns(2);
    talk->client.upload(stream, std::string(bytes, 'u'), false);
    talk->client.talk();
    talk->pipe.left.finish();
    // As the gate has it: the server goes as soon as its task has ended.
    talk->loop.spawn([](H2Talk& one) -> Task<> {
      while (!one.ended) co_await one.loop.sleep_for(20ms);
      one.loop.stop();
      co_return {};
    }(*talk));
    talk->loop.run();
    CHECK(talk->ended->error().kind() == Kind::Closed);
  }
}

TEST_CASE("a connection whose client goes while it is read on at the end of a turn may go at once, as visits do") {
  struct Host {
    static Task<> run(std::unique_ptr<H2Server> server) {
      Result<> ended = co_await outcome(server->run());
      co_return ended;
    }
  };
  net::Loop loop;
  net::MemoryPipe pipe(loop, 100);  // of which a turn reads eight
  H2Desk desk;
  ServerLimits limits;
  H2Caller client(pipe.left);
  std::optional<Result<>> ended;
  loop.spawn(Host::run(std::make_unique<H2Server>(loop, pipe.right, desk, limits)), [&](Result<> result) {
    ended.emplace(std::move(result));
    loop.stop();
  });
  client.upload(client.ask("POST", "/up", {}, true), std::string(60'000, 'u'), false);
  client.talk();
  pipe.left.finish();
  loop.run();
  CHECK(ended->error().code() == "http2.closed");
}

TEST_CASE("an application that does not know WebSockets does not open one by saying 200") {
  H2Talk talk;
  talk.turns();
  std::int32_t stream = talk.client.ask("CONNECT", "/one", {{":protocol", "websocket"}}, true);
  talk.turns();
  CHECK(talk.answer(stream).head == ":status=502;");
  CHECK(talk.answer(stream).over);
}

TEST_CASE("an answer's head of 100 KB arrives") {
  H2Talk talk;
  std::int32_t stream = talk.client.ask("GET", "/long-head");
  talk.turns();
  CHECK(talk.answer(stream).head.size() > 100'000);
}

TEST_CASE("a WebSocket's bytes pass both ways") {
  H2Talk talk;
  std::vector<H2Field> protocol{{":protocol", "websocket"}};
  talk.turns();  // hears that we allow it
  std::int32_t stream = talk.client.ask("CONNECT", "/socket", protocol, true);
  talk.turns();
  CHECK(talk.answer(stream).head == ":status=200;");
  talk.client.upload(stream, "hello", false);
  talk.turns();
  CHECK(talk.answer(stream).body == "hello");
  talk.client.upload(stream, "", true);
  talk.turns();
  CHECK(talk.answer(stream).over);
}

TEST_CASE("a connection on which nothing happens ends") {
  ServerLimits limits;
  limits.idle = 30ms;
  H2Talk talk(limits);
  talk.client.ask("GET", "/one");
  talk.client.talk();
  talk.wait(200ms);
  CHECK(talk.client.goodbye == NGHTTP2_NO_ERROR);
}

}  // namespace
}  // namespace pforte::http
