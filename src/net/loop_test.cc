#include "net/loop.h"

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/signal.h"
#include "net/socket.h"
#include "net/testing.h"

namespace pforte::net {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what is posted runs on the loop's thread, in order, in a later turn") {
  Loop loop;
  std::string log;
  std::thread::id where;
  std::thread other([&] {
    for (char letter : {'a', 'b', 'c'}) loop.post([&log, letter] { log += letter; });
    loop.post([&] {
      where = std::this_thread::get_id();
      loop.post([&] {
        log += 'e';
        loop.stop();
      });
      log += 'd';
    });
  });
  loop.run();
  other.join();
  CHECK(log == "abcde");
  CHECK(where == std::this_thread::get_id());
}

Task<> sleep_and_log(Loop& loop, Duration duration, std::string& log, char letter) {
  co_await loop.sleep_for(duration);
  log += letter;
  co_return {};
}

struct Sweep final : TurnEnd {
  explicit Sweep(Loop& loop) : TurnEnd(loop) {}
  void on_turn_end() override { ++times; }
  int times = 0;
};

// Readable from the beginning; what is done then takes a while.
class Ready final : private Watcher {
 public:
  Ready(Loop& loop, Work work, std::string& log, char letter, Duration takes = {})
      : loop_(loop), descriptor_(eventfd(1, EFD_NONBLOCK)), log_(log), letter_(letter), takes_(takes) {
    REQUIRE(loop.watch(descriptor_, *this, work));
  }
  Ready(const Ready&) = delete;
  Ready& operator=(const Ready&) = delete;
  ~Ready() {
    loop_.forget(*this);
    close(descriptor_);
  }

 private:
  void on_ready(std::uint32_t) override {
    log_ += letter_;
    std::this_thread::sleep_for(takes_);
  }

  Loop& loop_;
  int descriptor_;
  std::string& log_;
  char letter_;
  Duration takes_;
};

// Does something at the end of the next turn.
struct AfterTurn final : TurnEnd {
  AfterTurn(Loop& loop, std::function<void()> deed) : TurnEnd(loop), deed_(std::move(deed)) { ask(); }
  void on_turn_end() override { deed_(); }

 private:
  std::function<void()> deed_;
};

struct TwoAndThree {
  Loop loop;
  std::string log;
  std::vector<std::unique_ptr<Ready>> ready;

  TwoAndThree() {
    for (char letter : {'a', 'b', 'c'}) ready.push_back(std::make_unique<Ready>(loop, Work::Begins, log, letter, 20ms));
    for (char letter : {'X', 'Y'}) ready.push_back(std::make_unique<Ready>(loop, Work::GoesOn, log, letter));
  }
};

TEST_CASE("what goes on comes before what begins, and of that no more than there is time for in a turn") {
  TwoAndThree all;
  AfterTurn end(all.loop, [&] {
    CHECK(all.log == "XYa");
    all.loop.stop();
  });
  all.loop.run();
  CHECK(all.log == "XYab");
}

TEST_CASE("who goes before its work has begun is not told any more") {
  TwoAndThree all;
  AfterTurn end(all.loop, [&] {
    all.ready.erase(all.ready.begin() + 1);  // b
    all.loop.stop();
  });
  all.loop.run();
  CHECK(all.log == "XYac");
}

Task<> await_news(Socket& socket, std::string& log) {
  socket.read_deadline(Clock::now() + 5ms);
  Result<> waited = co_await socket.readable().outcome();
  log += waited ? 's' : '!';
  co_return {};
}

TEST_CASE("what came in time is not late because its turn came later") {
  Loop loop;
  std::string log;
  std::vector<std::unique_ptr<Ready>> ready;
  for (char letter : {'a', 'b'}) ready.push_back(std::make_unique<Ready>(loop, Work::Begins, log, letter, 60ms));
  std::array<int, 2> ends;
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
  REQUIRE(write(ends[1], "x", 1) == 1);
  Socket socket(loop, ends[0], Work::Begins);
  CHECK(run(loop, await_news(socket, log)));
  CHECK(log == "abs");
  close(ends[1]);
}

TEST_CASE("what many reasons of a turn ask for is done once, at its end") {
  Loop loop;
  Sweep sweep(loop);
  loop.post([&] {
    sweep.ask();
    sweep.ask();
    CHECK(sweep.times == 0);
    loop.post([&] {
      CHECK(sweep.times == 1);
      loop.stop();
    });
  });
  loop.run();
  CHECK(sweep.times == 1);
}

TEST_CASE("who asks at the end of a turn gets another one, which does not wait") {
  struct Again final : TurnEnd {
    explicit Again(Loop& one) : TurnEnd(one), loop(one) {}
    void on_turn_end() override { ++times < 3 ? ask() : loop.stop(); }
    Loop& loop;
    int times = 0;
  };
  Loop loop;
  Again again(loop);
  again.ask();
  loop.run();
  CHECK(again.times == 3);
}

TEST_CASE("who is gone at the end of the turn is not asked any more") {
  Loop loop;
  auto sweep = std::make_unique<Sweep>(loop);
  loop.post([&] {
    sweep->ask();
    sweep.reset();
    loop.stop();
  });
  loop.run();
  CHECK(!sweep);
}

TEST_CASE("sleeping tasks wake up in their order, and not before their time") {
  Loop loop;
  std::string log;
  Instant begin = Clock::now();
  loop.spawn(sleep_and_log(loop, 60ms, log, 'c'), [&](Result<>) { loop.stop(); });
  loop.spawn(sleep_and_log(loop, 0ms, log, 'a'));
  loop.spawn(sleep_and_log(loop, 25ms, log, 'b'));
  CHECK(log == "a");
  CHECK(loop.tasks() >= 2);
  loop.run();
  CHECK(log == "abc");
  CHECK(Clock::now() - begin >= 60ms);
}

TEST_CASE("a loop knows how many of its tasks have not ended, and cancels them when told") {
  Loop loop;
  Signal one;
  Signal two;
  auto wait = [](Signal& signal) -> Task<> {
    co_await signal;
    co_return {};
  };
  int ended = 0;
  loop.spawn(wait(one), [&](Result<> result) { ended += result ? 1 : 100; });
  loop.spawn(wait(two), [&](Result<> result) { ended += result ? 1 : 100; });
  CHECK(loop.tasks() == 2);
  one.ring();
  loop.post([&] { loop.stop(); });
  loop.run();
  CHECK(loop.tasks() == 1);
  CHECK(ended == 1);
  loop.cancel_tasks();
  CHECK(loop.tasks() == 0);
  CHECK(ended == 1);
  CHECK(!two.awaited());
}

TEST_CASE("an error of a spawned task reaches whoever asked for its end") {
  Loop loop;
  auto refuse = []() -> Task<> { co_return fail(Kind::Denied, "test.refused", "no"); };
  std::string code;
  loop.spawn(refuse(), [&](Result<> result) { code = result.error().code(); });
  CHECK(code == "test.refused");
}

TEST_CASE("a ring that nobody waits for is lost, and a failed signal fails its waiter") {
  Loop loop;
  Signal signal;
  signal.ring();
  signal.fail(Error(Kind::Closed, "test.lost", ""));
  CHECK(!signal.awaited());
  auto wait = [](Signal& doorbell) -> Task<> {
    co_await doorbell;
    co_return {};
  };
  loop.post([&] { signal.fail(Error(Kind::Closed, "test.failed", "")); });
  Result<> ended = run(loop, wait(signal));
  REQUIRE(!ended);
  CHECK(ended.error().code() == "test.failed");
  loop.post([&] { signal.ring(); });
  CHECK(run(loop, wait(signal)));
}

}  // namespace
}  // namespace pforte::net
