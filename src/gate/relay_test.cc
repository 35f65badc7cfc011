#include "gate/relay.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "net/memory_pipe.h"
#include "net/testing.h"
#include "net/together.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
using net::Task;

class ByteCount final : public RelayGauge {
 public:
  void to_server(std::size_t bytes) override { up += bytes; }
  void to_client(std::size_t bytes) override { down += bytes; }
  std::size_t up = 0;
  std::size_t down = 0;
};

Task<std::string> read_all_of(net::Stream& stream) {
  std::string all;
  std::array<char, 1000> piece;
  while (std::size_t count = co_await net::read_some(stream, piece)) all.append(piece.data(), count);
  co_return all;
}

Task<> send_last(net::Stream& stream, std::string_view text) {
  co_await net::write_all(stream, text);
  stream.finish();
  co_return {};
}

Task<> talk(net::Stream& stream, std::string_view text, std::string& heard) {
  co_await net::both(send_last(stream, text), [](net::Stream& from, std::string& all) -> Task<> {
    all = co_await read_all_of(from);
    co_return {};
  }(stream, heard));
  co_return {};
}

TEST_CASE("a relay carries both ways, however the bytes are cut and however little a side takes at once") {
  const std::string question(300'000, 'q');
  const std::string answer(200'000, 'a');
  for (std::size_t chunk : {1UZ, 7UZ, 4096UZ, 1'000'000UZ}) {
    CAPTURE(chunk);
    net::Loop loop;
    net::MemoryPipe outside(loop, chunk, 10'000), inside(loop, chunk, 10'000);
    ByteCount gauge;
    std::string client_heard, server_heard;
    Result<> end = net::run(loop, net::both(relay(loop, outside.right, inside.left, 5s, gauge),
                                            net::both(talk(outside.left, question, client_heard),
                                                      talk(inside.right, answer, server_heard))));
    CHECK(end);
    CHECK(client_heard == answer);
    CHECK(server_heard == question);
    CHECK(gauge.up == question.size());
    CHECK(gauge.down == answer.size());
  }
}

TEST_CASE("who has finished is still sent to") {
  net::Loop loop;
  net::MemoryPipe outside(loop), inside(loop);
  ByteCount gauge;
  auto answer_at_the_end = [](net::Stream& stream) -> Task<> {
    std::string question = co_await read_all_of(stream);
    CHECK(question == "ping");
    co_await send_last(stream, "pong");
    co_return {};
  };
  std::string heard;
  CHECK(net::run(loop, net::both(relay(loop, outside.right, inside.left, 5s, gauge),
                                 net::both(talk(outside.left, "ping", heard), answer_at_the_end(inside.right)))));
  CHECK(heard == "pong");
}

TEST_CASE("a relay ends when nothing moves, also where one side only does not take what it is sent") {
  for (bool stuck : {false, true}) {
    CAPTURE(stuck);
    net::Loop loop;
    net::MemoryPipe outside(loop), inside(loop, 1000, 1000);
    const std::string written(stuck ? 5000 : 5, 'x');
    std::string_view text = written;
    outside.left.try_write(std::span(&text, 1));
    ByteCount gauge;
    Result<> end = net::run(loop, relay(loop, outside.right, inside.left, 20ms, gauge));
    REQUIRE(!end);
    CHECK(end.error().kind() == Kind::Timeout);
    CHECK(end.error().code() == "tunnel.idle");
  }
}

TEST_CASE("a side that drops its connection ends a relay") {
  net::Loop loop;
  net::MemoryPipe outside(loop), inside(loop);
  ByteCount gauge;
  loop.post([&] { inside.right.drop(); });
  Result<> end = net::run(loop, relay(loop, outside.right, inside.left, 5s, gauge));
  REQUIRE(!end);
  CHECK(end.error().kind() == Kind::Closed);
}

}  // namespace
}  // namespace pforte::gate
