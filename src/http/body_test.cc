#include "http/body.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "net/memory_pipe.h"
#include "net/testing.h"
#include "net/together.h"

namespace pforte::http {
namespace {

using Status = BodyReader::Status;

struct Read {
  std::string content;
  Status end;          // Moved: the last piece came
  std::string behind;  // what belongs to the next message
};

// Reads a body of which `bytes` are the beginning or all; the sender finishes then.
Read read(const Framing& framing, std::string_view bytes, std::size_t chunk, std::string* trailers = nullptr) {
  net::MemoryPipe pipe(chunk);
  pipe.left.try_write(std::span(&bytes, 1));
  pipe.left.finish();
  Inbox inbox(pipe.right);
  BodyReader body(inbox, Sender::Client);
  body.start(framing);
  Read got{{}, Status::Moved, {}};
  for (;;) {
    BodyReader::Step step = body.try_next();
    got.end = step.status;
    if (step.status != Status::Moved) break;
    got.content += step.piece.bytes;
    CHECK(step.piece.last == body.over());
    if (step.piece.last) break;
  }
  if (trailers) {
    for (const Field& field : body.trailers()) trailers->append(field.name).append("=").append(field.value).append(";");
  }
  do {
    got.behind += inbox.bytes();
    inbox.consume(inbox.bytes().size());
  } while (inbox.try_fill(net::Buffer::Size::Small).moved());
  return got;
}

TEST_CASE("a body ends where its framing says, in every cut, and what follows is left alone") {
  using K = Framing::Kind;
  struct Row {
    Framing framing;
    std::string_view bytes, content;
    Status end;
    std::string_view behind;
  };
  const Row rows[] = {
      {{K::None, 0}, "GET", "", Status::Moved, "GET"},
      {{K::Length, 0}, "GET", "", Status::Moved, "GET"},
      {{K::Length, 5}, "helloGET", "hello", Status::Moved, "GET"},
      {{K::Length, 5}, "hello", "hello", Status::Moved, ""},
      {{K::Length, 5}, "hell", "hell", Status::Cut, ""},
      {{K::Length, 5}, "", "", Status::Cut, ""},
      {{K::Length, ~std::uint64_t{0}}, "hello", "hello", Status::Cut, ""},
      {{K::UntilClose, 0}, "hello", "hello", Status::Moved, ""},
      {{K::UntilClose, 0}, "", "", Status::Moved, ""},
      {{K::Chunked, 0}, "5\r\nhello\r\n0\r\n\r\nGET", "hello", Status::Moved, "GET"},
      {{K::Chunked, 0}, "0\r\n\r\nGET", "", Status::Moved, "GET"},
      {{K::Chunked, 0}, "5\r\nhello\r\n0\r\n\r", "hello", Status::Cut, ""},
      {{K::Chunked, 0}, "5\r\nhello\r\n", "hello", Status::Cut, ""},
  };
  for (const Row& row : rows) {
    for (std::size_t chunk : {1, 2, 3, 7, 4096}) {
      CAPTURE(row.bytes);
      CAPTURE(chunk);
      Read got = read(row.framing, row.bytes, chunk);
      CHECK(got.content == row.content);
      CHECK(got.end == row.end);
      CHECK(got.behind == row.behind);
    }
  }
}

TEST_CASE("trailers are known at the end of a chunked body") {
  for (std::size_t chunk : {1, 7, 4096}) {
    std::string trailers;
    Read got = read({Framing::Kind::Chunked, 0}, "1\r\nx\r\n0\r\nA: b\r\nC:  d \r\n\r\nGET", chunk, &trailers);
    CHECK(got.behind == "GET");
    CHECK(trailers == "A=b;C=d;");
  }
}

TEST_CASE("a broken coding stays refused") {
  net::MemoryPipe pipe;
  std::string_view bytes = "5\r\nhelloX0\r\n\r\n";
  pipe.left.try_write(std::span(&bytes, 1));
  Inbox inbox(pipe.right);
  BodyReader body(inbox, Sender::Backend);
  body.start({Framing::Kind::Chunked, 0});
  CHECK(body.try_next().status == Status::Refused);
  CHECK(body.try_next().status == Status::Refused);
  CHECK(body.refusal().code == "http.chunk-end");
  CHECK(body.refusal().status == 502);
  CHECK(!body.over());
}

TEST_CASE("a reader whose sender is silent is blocked, and goes on") {
  net::MemoryPipe pipe;
  Inbox inbox(pipe.right);
  BodyReader body(inbox, Sender::Client);
  body.start({Framing::Kind::Length, 2});
  CHECK(body.try_next().status == Status::Blocked);
  std::string_view bytes = "a";
  pipe.left.try_write(std::span(&bytes, 1));
  CHECK(body.try_next().piece.bytes == "a");
  CHECK(body.try_next().status == Status::Blocked);
  pipe.left.try_write(std::span(&bytes, 1));
  BodyReader::Step last = body.try_next();
  CHECK(last.piece.bytes == "a");
  CHECK(last.piece.last);
  CHECK(body.try_next().piece.last);
}

struct Said {
  Framing::Kind framing;
  std::vector<std::string> pieces;  // the last one ends the body
  Fields trailers;
};

net::Task<> say(net::Loop& loop, net::Stream& stream, const Said& said) {
  BodyWriter writer(stream);
  writer.head() = "HEAD ";
  writer.start(said.framing);
  for (std::size_t i = 0; i < said.pieces.size(); ++i) {
    More more = i + 1 < said.pieces.size() ? More::Follows : More::Ends;
    bool taken = co_await net::ok(writer.try_write(said.pieces[i], more, said.trailers));
    if (!taken) co_await writer.write_rest(loop, std::chrono::seconds(5));
  }
  stream.finish();
  co_return {};
}

net::Task<> hear(net::Stream& stream, std::string& heard) {
  std::array<char, 100> block;
  for (;;) {
    std::size_t count = co_await net::read_some(stream, block);
    if (count == 0) co_return {};
    heard.append(block.data(), count);
  }
}

TEST_CASE("a body is written as its framing says, however little the stream takes at once") {
  using K = Framing::Kind;
  struct Row {
    Said said;
    std::string heard;
  };
  const Field trailer{"T", "v", FieldName::Other};
  const Row rows[] = {
      {{K::None, {""}, {}}, "HEAD "},
      {{K::None, {"not sent", ""}, {trailer}}, "HEAD "},
      {{K::Length, {"hel", "lo"}, {trailer}}, "HEAD hello"},
      {{K::UntilClose, {"hel", "", "lo", ""}, {}}, "HEAD hello"},
      {{K::Chunked, {""}, {}}, "HEAD 0\r\n\r\n"},
      {{K::Chunked, {"", "hello", "", "0123456789abcdef"}, {trailer}},
       "HEAD 5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nT: v\r\n\r\n"},
      {{K::Chunked, {std::string(70'000, 'x')}, {}}, "HEAD 11170\r\n" + std::string(70'000, 'x') + "\r\n0\r\n\r\n"},
  };
  for (const Row& row : rows) {
    for (std::size_t room : {1UZ, 3UZ, 1000UZ, 1'000'000UZ}) {
      if (room < 1000 && row.heard.size() > 1000) continue;
      CAPTURE(row.heard.substr(0, 100));
      CAPTURE(room);
      net::Loop loop;
      net::MemoryPipe pipe(loop, 100, room);
      std::string heard;
      CHECK(net::run(loop, net::both(say(loop, pipe.right, row.said), hear(pipe.left, heard))));
      CHECK(heard == row.heard);
    }
  }
}

TEST_CASE("a peer that takes nothing for too long fails the writer") {
  net::Loop loop;
  net::MemoryPipe pipe(loop, 100, 10);
  BodyWriter writer(pipe.right);
  writer.start(Framing::Kind::UntilClose);
  Result<bool> taken = writer.try_write("more than ten", More::Ends);
  REQUIRE(taken);
  CHECK(!*taken);
  Result<> written = net::run(loop, writer.write_rest(loop, std::chrono::milliseconds(20)));
  REQUIRE(!written);
  CHECK(written.error().kind() == Kind::Timeout);
}

}  // namespace
}  // namespace pforte::http
