#include "http/inbox.h"

#include <doctest/doctest.h>

#include <string>

#include "net/memory_pipe.h"

namespace pforte::http {
namespace {

using net::Buffer;

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = char('a' + (i * 7 + i / 100) % 26);
  return text;
}

void put(net::MemoryPipe& pipe, std::string_view words) {
  pipe.left.try_write(std::span(&words, 1));
}

TEST_CASE("what is read stands behind what was there, whatever is consumed in between") {
  for (std::size_t chunk : {1, 7, 1000, 65536}) {
    for (std::size_t bite : {1, 3, 500, 100'000}) {
      CAPTURE(chunk);
      CAPTURE(bite);
      net::MemoryPipe pipe(chunk);
      std::string all = pattern(20'000);
      put(pipe, all);
      Inbox inbox(pipe.right);
      std::string got;
      bool more = true;
      while (more || !inbox.empty()) {
        if (more) more = inbox.try_fill(Buffer::Size::Small).moved();
        std::size_t count = std::min(bite, inbox.bytes().size());
        got += inbox.bytes().substr(0, count);
        inbox.consume(count);
      }
      CHECK(got == all);
    }
  }
}

TEST_CASE("an inbox grows with what is not consumed") {
  net::MemoryPipe pipe;
  std::string all = pattern(300'000);
  put(pipe, all);
  Inbox inbox(pipe.right);
  while (inbox.try_fill(Buffer::Size::Small).moved()) {
  }
  CHECK(inbox.bytes() == all);
}

TEST_CASE("pinned bytes stay where they are while others are read, and nothing is lost when they go") {
  for (std::size_t head : {1UZ, 100UZ, 4096UZ, 10'000UZ}) {
    for (std::size_t chunk : {1, 100, 65536}) {
      CAPTURE(head);
      CAPTURE(chunk);
      net::MemoryPipe pipe(chunk);
      std::string all = pattern(25'000);
      put(pipe, all);
      Inbox inbox(pipe.right);
      while (inbox.bytes().size() < head) REQUIRE(inbox.try_fill(Buffer::Size::Medium).moved());
      std::string_view pinned = inbox.bytes().substr(0, head);
      inbox.consume(head);
      inbox.pin();
      std::string body;
      while (body.size() < 12'000) {
        if (inbox.empty()) inbox.try_fill(Buffer::Size::Large);
        std::string_view bytes = inbox.bytes().substr(0, 12'000 - body.size());
        body += bytes;
        inbox.consume(bytes.size());
        CHECK(pinned == all.substr(0, head));
      }
      inbox.unpin();
      std::string rest;
      do {
        rest += inbox.bytes();
        inbox.consume(inbox.bytes().size());
      } while (inbox.try_fill(Buffer::Size::Medium).moved());
      CHECK(body == all.substr(head, 12'000));
      CHECK(rest == all.substr(head + 12'000));
    }
  }
}

TEST_CASE("how reading went is told as the stream tells it") {
  net::MemoryPipe pipe;
  Inbox inbox(pipe.right);
  CHECK(inbox.try_fill(Buffer::Size::Small).blocked());
  CHECK(inbox.empty());
  put(pipe, "x");
  CHECK(inbox.try_fill(Buffer::Size::Small).moved());
  CHECK(inbox.try_fill(Buffer::Size::Small).blocked());
  CHECK(inbox.bytes() == "x");
  pipe.left.finish();
  CHECK(inbox.try_fill(Buffer::Size::Small).status == net::Io::Status::Finished);
  CHECK(inbox.bytes() == "x");
}

}  // namespace
}  // namespace pforte::http
