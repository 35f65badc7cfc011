#include "tls/opening.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "net/memory_pipe.h"
#include "net/testing.h"
#include "tls/client_hello.h"

namespace pforte::tls {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

// A ClientHello for "a.b" in one record, with so many bytes of padding in front of its name.
std::string hello_with(std::size_t padding) {
  auto u16 = [](std::size_t number) { return std::string{char(number >> 8), char(number)}; };
  std::string extensions = "\0\x15"s + u16(padding) + std::string(padding, 'p') + "\0\0\0\x08\0\x06\0\0\x03"s + "a.b";
  std::string body = "\3\3" + std::string(32, 'r') + "\0\0\2\x13\1\1\0"s + u16(extensions.size()) + extensions;
  std::string message = "\1\0"s + u16(body.size()) + body;
  return "\x16\3\1" + u16(message.size()) + message;
}

TEST_CASE("what was read to know the host is kept, with what came behind it, however it is cut") {
  for (std::size_t padding : {0UZ, 5'000UZ, 16'000UZ}) {
    for (std::size_t chunk : {1UZ, 100UZ, 100'000UZ}) {
      CAPTURE(padding);
      CAPTURE(chunk);
      net::Loop loop;
      net::MemoryPipe pipe(loop, chunk);
      const std::string sent = hello_with(padding) + "early data";
      std::string_view view = sent;
      pipe.left.try_write(std::span(&view, 1));
      Result<Opening> opening = net::run(loop, read_opening(pipe.right));
      REQUIRE(opening);
      CHECK(opening->host == "a.b");
      CHECK(sent.starts_with(opening->view()));
      CHECK(opening->size >= sent.size() - 10);
    }
  }
}

TEST_CASE("silence, an end and a hello without end name nobody, and take no more than they may") {
  struct Row {
    std::string sent;
    bool finished;
  };
  std::string endless;
  while (endless.size() < 300'000) endless += endless.empty() ? "\x16\3\1\0\2\1\0"s : "\x16\3\1\0\1x"s;
  for (const Row& row : {Row{"", false}, Row{"", true}, Row{hello_with(0).substr(0, 30), true},
                         Row{hello_with(0).substr(0, 30), false}, Row{endless, false}}) {
    CAPTURE(row.sent.size());
    net::Loop loop;
    net::MemoryPipe pipe(loop);
    std::string_view view = row.sent;
    pipe.left.try_write(std::span(&view, 1));
    if (row.finished) pipe.left.finish();
    pipe.right.read_deadline(loop.now() + 20ms);
    Result<Opening> opening = net::run(loop, read_opening(pipe.right));
    REQUIRE(opening);
    CHECK(opening->host.empty());
    CHECK(opening->size <= std::min(row.sent.size(), 2 * kMostHelloBytes));
    CHECK(row.sent.starts_with(opening->view()));
    CHECK((opening->size == 0) == row.sent.empty());
  }
}

}  // namespace
}  // namespace pforte::tls
