#include "net/socket.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "net/address.h"
#include "net/listener.h"
#include "net/testing.h"
#include "net/together.h"

namespace pforte::net {
namespace {

using namespace std::chrono_literals;
using Status = Io::Status;

// A socket of ours, and the bare other end.
class Wire {
 public:
  Wire() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    socket.emplace(loop, ends[0]);
    peer = ends[1];
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() {
    loop.cancel_tasks();
    socket.reset();
    hang_up();
  }
  void peer_says(std::string_view words) const {
    REQUIRE(send(peer, words.data(), words.size(), 0) == ssize_t(words.size()));
  }
  void hang_up() {
    if (peer >= 0) close(peer);
    peer = -1;
  }
  // What the system has to report reaches the socket.
  void turn() {
    loop.post([this] { loop.stop(); });
    loop.run();
  }
  Io read(std::size_t most = 100) {
    got.assign(most, '\0');
    Io io = socket->try_read(got);
    got.resize(io.bytes);
    return io;
  }
  Io write(std::string_view words) { return socket->try_write(std::span(&words, 1)); }

  Loop loop;
  std::optional<Socket> socket;
  int peer;
  std::string got;
};

TEST_CASE("after a short read a socket is drained until the loop reports news") {
  Wire wire;
  wire.turn();
  wire.peer_says("one");
  CHECK(wire.read().moved());
  CHECK(wire.got == "one");
  wire.peer_says("two");
  CHECK(wire.read().blocked());  // not reported yet: no system call is spent
  wire.turn();
  CHECK(wire.read(2).moved());
  CHECK(wire.got == "tw");
  CHECK(wire.read(2).moved());  // a full read leaves the question open
  CHECK(wire.got == "o");
  CHECK(wire.read().blocked());
}

TEST_CASE("the end that came with the last bytes is found without another report") {
  Wire wire;
  wire.peer_says("last");
  shutdown(wire.peer, SHUT_WR);
  wire.turn();
  CHECK(wire.read().moved());
  CHECK(wire.got == "last");
  CHECK(wire.read().status == Status::Finished);
  CHECK(wire.read().status == Status::Finished);
  CHECK(!wire.socket->broken());
  CHECK(wire.write("we still speak").moved());
}

TEST_CASE("peeking shows the same bytes again, and takes none") {
  Wire wire;
  std::array<char, 10> bytes{};
  CHECK(wire.socket->try_peek(bytes).blocked());
  wire.peer_says("abc");
  for (int i = 0; i < 2; ++i) {
    Io io = wire.socket->try_peek(bytes);
    CHECK(io.moved());
    CHECK(std::string_view(bytes.data(), io.bytes) == "abc");
  }
  CHECK(wire.read(3).moved());
  CHECK(wire.got == "abc");
  wire.hang_up();
  CHECK(wire.socket->try_peek(bytes).status == Status::Finished);
}

TEST_CASE("several pieces leave in their order, empty ones and all") {
  Wire wire;
  const std::string_view pieces[] = {"a", "", "bc", "d"};
  Io io = wire.socket->try_write(pieces);
  CHECK(io.bytes == 4);
  std::array<char, 10> bytes;
  CHECK(recv(wire.peer, bytes.data(), bytes.size(), 0) == 4);
  CHECK(std::string_view(bytes.data(), 4) == "abcd");
  const std::string_view nothing[] = {"", ""};
  CHECK(wire.socket->try_write(nothing).moved());
}

Task<> carry(Socket& from, std::string_view words) {
  co_await write_all(from, words);
  from.finish();
  co_return {};
}

Task<> collect(Socket& socket, std::string& got) {
  std::string block(10'000, '\0');
  for (;;) {
    std::size_t count = co_await read_some(socket, block);
    if (count == 0) co_return {};
    got.append(block, 0, count);
  }
}

TEST_CASE("more than the system takes is sent as the peer reads") {
  Loop loop;
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  Socket left(loop, ends[0]);
  Socket right(loop, ends[1]);
  std::string all(5'000'000, 'x');
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = char(i % 251);
  std::string there;
  std::string back;
  CHECK(run(loop,
            within(loop, 20s,
                   both(both(carry(left, all), carry(right, all)), both(collect(right, there), collect(left, back))))));
  CHECK(there == all);
  CHECK(back == all);
}

TEST_CASE("each direction has its own deadline, and a late one only ends its wait") {
  Wire wire;
  wire.socket->read_deadline(wire.loop.now() + 5ms);
  Result<> waited = run(wire.loop, wait_for(wire.socket->readable()));
  while (waited) waited = run(wire.loop, wait_for(wire.socket->readable()));  // the first report is about nothing
  CHECK(waited.error().kind() == Kind::Timeout);
  wire.peer_says("late");
  wire.turn();
  CHECK(wire.read().moved());

  std::string much(10'000'000, 'x');
  CHECK(wire.write(much).moved());
  CHECK(wire.write(much).blocked());
  wire.socket->write_deadline(wire.loop.now() + 5ms);
  Result<> unsent = run(wire.loop, wait_for(wire.socket->writable()));
  REQUIRE(!unsent);
  CHECK(unsent.error().kind() == Kind::Timeout);
}

TEST_CASE("a peer that is gone breaks the socket, wakes who waits, and tells who asked") {
  Wire wire;
  wire.turn();
  Signal asked;
  wire.socket->tell_when_broken(&asked);
  std::optional<Result<>> told;
  wire.loop.spawn(wait_for(asked), [&](Result<> result) { told.emplace(std::move(result)); });
  wire.hang_up();
  wire.turn();
  CHECK(wire.socket->broken());
  REQUIRE(told);
  REQUIRE(!*told);
  CHECK(told->error().kind() == Kind::Closed);
  CHECK(wire.read().status == Status::Finished);
  CHECK(wire.write("to nobody").status == Status::Failed);
  CHECK(wire.socket->failure().kind() == Kind::Closed);
}

TEST_CASE("a task that wakes up may destroy the socket that woke it") {
  for (bool times_out : {false, true}) {
    Wire wire;
    wire.turn();
    if (times_out) {
      wire.socket->read_deadline(wire.loop.now() + 1ms);
    } else {
      wire.hang_up();
    }
    auto task = [](std::optional<Socket>& socket) -> Task<> {
      Result<> ended = co_await outcome(wait_for(socket->readable()));
      socket.reset();
      co_return ended;
    };
    Result<> ended = run(wire.loop, task(wire.socket));
    CHECK(ended.has_value() == !times_out);
    CHECK(!wire.socket);
  }
}

TEST_CASE("a connection is made, refused, or given up") {
  Loop loop;
  Result<int> listening = listen_on(parse_address("127.0.0.1:0").value());
  REQUIRE(listening);
  Address here = parse_ip("127.0.0.1", local_port(*listening)).value();
  int accepted = -1;
  {
    Listener listener(loop, *listening, [&](Accepted one) { accepted = one.descriptor; }, [](int) {});
    Result<std::unique_ptr<Socket>> made = run(loop, connect(loop, here, 5s));
    REQUIRE(made);
    CHECK((*made)->try_write(std::array{std::string_view("hello")}).moved());
    Result<> quiet = run(loop, within(loop, 50ms, wait_for((*made)->readable())));
    CHECK(!quiet);
    REQUIRE(accepted >= 0);
    close(accepted);
  }
  Result<std::unique_ptr<Socket>> refused = run(loop, connect(loop, here, 5s));
  REQUIRE(!refused);
  CHECK(refused.error().kind() == Kind::Unavailable);
  CHECK(refused.error().text().starts_with(here.to_text()));
}

}  // namespace
}  // namespace pforte::net
