#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/loop.h"
#include "net/socket.h"

namespace pforte::net {
namespace {

// Something happens at it in the first turn, and it does something then.
class Deed final : private Watcher {
 public:
  Deed(Loop& loop, std::function<void()> deed)
      : loop_(loop), descriptor_(eventfd(1, EFD_NONBLOCK)), deed_(std::move(deed)) {
    REQUIRE(loop.watch(descriptor_, *this));
  }
  Deed(const Deed&) = delete;
  Deed& operator=(const Deed&) = delete;
  ~Deed() {
    loop_.forget(*this);
    close(descriptor_);
  }

 private:
  void on_ready(std::uint32_t) override { deed_(); }

  Loop& loop_;
  int descriptor_;
  std::function<void()> deed_;
};

// A socket in a turn in which much happens. Its peer is the bare other end.
class Crowd {
 public:
  static constexpr std::size_t kRound = 64;

  Crowd() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    socket.emplace(loop, ends[0]);
    peer = ends[1];
    turn();  // what there is to be told of the socket itself
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    socket.reset();
    hang_up();
  }

  // Each does its own when its turn comes: in the order in which they were given.
  void in_a_crowd(std::vector<std::function<void()>> deeds, std::size_t others = kRound) {
    std::vector<std::unique_ptr<Deed>> all;
    for (auto& deed : deeds) all.push_back(std::make_unique<Deed>(loop, std::move(deed)));
    for (std::size_t i = 0; i < others; ++i) all.push_back(std::make_unique<Deed>(loop, [] {}));
    turn();
  }
  void turn() {
    loop.post([this] { loop.stop(); });
    loop.run();
  }

  Io write(std::string_view words) { return socket->try_write(std::span(&words, 1)); }
  // As much as the system takes, behind the back of the socket, which believes that there is room.
  void fill() const {
    const std::string much(10'000, '.');
    while (send(socket->descriptor(), much.data(), much.size(), 0) > 0) {
    }
    while (send(socket->descriptor(), ".", 1, 0) > 0) {
    }
  }
  // All that has come to the peer; "$" stands for the end.
  std::string come() const {
    std::string all;
    std::string block(10'000, '\0');
    for (;;) {
      ssize_t count = recv(peer, block.data(), block.size(), 0);
      if (count <= 0) return count == 0 ? all + '$' : all;
      all.append(block, 0, std::size_t(count));
    }
  }
  void hang_up() {
    if (peer >= 0) close(std::exchange(peer, -1));
  }

  Loop loop;
  std::optional<Socket> socket;
  int peer;
};

TEST_CASE("where little happens in a turn, words leave at once") {
  Crowd crowd;
  std::string at_once;
  auto speak = [&] {
    CHECK(crowd.write("words").bytes == 5);
    at_once = crowd.come();
  };
  crowd.in_a_crowd({speak}, 3);
  CHECK(at_once == "words");
}

TEST_CASE("in a crowded turn few words wait, and leave as one when sixty-four have been told") {
  Crowd crowd;
  std::string before;
  std::string after;
  std::vector<std::function<void()>> deeds{[&] { CHECK(crowd.write("few ").bytes == 4); }};
  deeds.resize(Crowd::kRound - 1, [] {});
  deeds.emplace_back([&] {
    CHECK(crowd.write("words").bytes == 5);
    CHECK(crowd.socket->try_flush().moved());
    before = crowd.come();
  });
  deeds.emplace_back([&] { after = crowd.come(); });
  crowd.in_a_crowd(std::move(deeds));
  CHECK(before.empty());
  CHECK(after == "few words");
}

TEST_CASE("what waits leaves with the turn at the latest") {
  Crowd crowd;
  std::vector<std::function<void()>> deeds(Crowd::kRound, [] {});
  deeds.emplace_back([&] { crowd.write("words"); });
  crowd.in_a_crowd(std::move(deeds), 0);
  CHECK(crowd.come() == "words");
}

TEST_CASE("many words do not wait, and come behind the few that did") {
  Crowd crowd;
  const std::string many(5000, 'm');
  std::string at_once;
  auto speak = [&] {
    crowd.write("few");
    CHECK(crowd.write(many).bytes == many.size());
    at_once = crowd.come();
  };
  crowd.in_a_crowd({speak});
  CHECK(at_once == "few" + many);
}

TEST_CASE("a socket that goes takes along what waits") {
  Crowd crowd;
  auto go = [&] {
    crowd.write("last words");
    crowd.socket.reset();
  };
  crowd.in_a_crowd({go});
  CHECK(crowd.come() == "last words$");
}

TEST_CASE("who finishes has said before what waits") {
  Crowd crowd;
  auto finish = [&] {
    crowd.write("last words");
    crowd.socket->finish();
  };
  crowd.in_a_crowd({finish});
  CHECK(crowd.come() == "last words$");
}

TEST_CASE("what a slow peer does not take is kept for it, and nothing is taken meanwhile") {
  Crowd crowd;
  crowd.fill();
  crowd.in_a_crowd({[&] { CHECK(crowd.write("words").moved()); }});
  CHECK(crowd.socket->try_flush().blocked());
  CHECK(crowd.write("more").blocked());
  CHECK(!crowd.come().contains("words"));
  crowd.turn();
  CHECK(crowd.socket->try_flush().moved());
  CHECK(crowd.come() == "words");
}

TEST_CASE("who finishes while a slow peer takes nothing is heard to the end") {
  Crowd crowd;
  crowd.fill();
  auto finish = [&] {
    crowd.write("last words");
    crowd.socket->finish();
  };
  crowd.in_a_crowd({finish});
  CHECK(crowd.socket->try_flush().blocked());
  CHECK(!crowd.come().contains('$'));
  crowd.turn();
  CHECK(crowd.socket->try_flush().moved());
  CHECK(crowd.come() == "last words$");
}

TEST_CASE("words for a peer that has gone show as the end of the connection") {
  Crowd crowd;
  auto speak = [&] {
    CHECK(crowd.write("words").moved());
    crowd.hang_up();
  };
  crowd.in_a_crowd({speak});
  CHECK(crowd.socket->try_flush().status == Io::Status::Failed);
  CHECK(crowd.write("more").status == Io::Status::Failed);
  CHECK(crowd.socket->failure().kind() == Kind::Closed);
  crowd.turn();
  CHECK(crowd.socket->broken());
}

}  // namespace
}  // namespace pforte::net
