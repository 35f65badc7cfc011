#include "net/loop.h"

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
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

// Readable from the beginning: says so in the log, and does something then.
class Ready final : private Watcher {
 public:
  Ready(
      Loop& loop, Work work, std::string& log, char letter, std::function<void()> deed = [] {})
      : loop_(loop),
        work_(work),
        descriptor_(eventfd(1, EFD_NONBLOCK)),
        log_(log),
        letter_(letter),
        deed_(std::move(deed)) {
    REQUIRE(loop.watch(descriptor_, *this));
  }
  Ready(const Ready&) = delete;
  Ready& operator=(const Ready&) = delete;
  ~Ready() {
    loop_.forget(*this);
    close(descriptor_);
  }

  void happen() { eventfd_write(descriptor_, 1); }

 private:
  void on_ready(std::uint32_t) override {
    log_ += letter_;
    deed_();
  }
  bool begins(std::uint32_t) const override { return work_ == Work::Begins; }

  Loop& loop_;
  Work work_;
  int descriptor_;
  std::string& log_;
  char letter_;
  std::function<void()> deed_;
};

// Does something at the end of the next turn.
struct AfterTurn final : TurnEnd {
  AfterTurn(Loop& loop, std::function<void()> deed) : TurnEnd(loop), deed_(std::move(deed)) { ask(); }
  void on_turn_end() override { deed_(); }

 private:
  std::function<void()> deed_;
};

std::function<void()> take(Duration time) {
  return [time] { std::this_thread::sleep_for(time); };
}

struct TwoAndThree {
  Loop loop;
  std::string log;
  std::vector<std::unique_ptr<Ready>> ready;

  explicit TwoAndThree(Duration takes = 20ms) {
    for (char letter : {'a', 'b', 'c'}) add(Work::Begins, letter, take(takes));
    for (char letter : {'X', 'Y'}) add(Work::GoesOn, letter);
  }

  Ready& add(Work work, char letter, std::function<void()> deed = [] {}) {
    return *ready.emplace_back(std::make_unique<Ready>(loop, work, log, letter, std::move(deed)));
  }
  // Until the log has so many letters; what it had at the end of the first turn.
  std::string run_to(std::size_t letters) {
    struct Turns final : TurnEnd {
      Turns(TwoAndThree& one, std::size_t wanted) : TurnEnd(one.loop), all(one), letters(wanted) { ask(); }
      void on_turn_end() override {
        if (first.empty()) first = all.log;
        all.log.size() < letters ? ask() : all.loop.stop();
      }
      TwoAndThree& all;
      std::size_t letters;
      std::string first;
    } turns(*this, letters);
    loop.run();
    return turns.first;
  }
};

TEST_CASE("what goes on comes before what begins, and of that no more than there is time for in a turn") {
  TwoAndThree all;
  CHECK(all.run_to(5) == "XYa");
  CHECK(all.log == "XYabc");
}

TEST_CASE("while much goes on, more begins in a turn: a part of that time") {
  TwoAndThree all(5ms);
  for (char letter : {'d', 'e', 'f', 'g', 'h', 'i'}) all.add(Work::Begins, letter, take(5ms));
  all.add(Work::GoesOn, 'Z', take(80ms));
  std::string first = all.run_to(12);
  CHECK(first.starts_with("XYZab"));
  CHECK(first.size() < 12);
}

TEST_CASE("what a turn does behind what begins is work that goes on, too") {
  TwoAndThree all(5ms);
  std::size_t before = 0;
  AfterTurn later(all.loop, [&] { before = all.log.size(); });
  AfterTurn end(all.loop, [&] {
    CHECK(all.log == "XYa");
    std::this_thread::sleep_for(80ms);
    later.ask();
  });
  all.run_to(5);
  CHECK(before == 5);
}

TEST_CASE("who goes before its work has begun is not told any more") {
  TwoAndThree all;
  AfterTurn end(all.loop, [&] {
    all.ready.erase(all.ready.begin() + 1);  // b
  });
  all.run_to(4);
  CHECK(all.log == "XYac");
}

TEST_CASE("who goes while another's work begins is not told any more") {
  TwoAndThree all(0ms);
  all.add(Work::Begins, 'd', [&] { all.ready.pop_back(); });
  all.add(Work::Begins, 'e');
  all.run_to(6);
  CHECK(all.log == "XYabcd");
}

TEST_CASE("what happens again before its turn has come is told once") {
  TwoAndThree all;
  AfterTurn end(all.loop, [&] { all.ready[2]->happen(); });  // c
  all.run_to(5);
  all.add(Work::GoesOn, 'Z');
  all.run_to(6);
  CHECK(all.log == "XYabcZ");
}

// Two ends of a stream; one is a client's, at which work begins.
struct Ends {
  explicit Ends(Loop& loop) {
    std::array<int, 2> both;
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both.data()) == 0);
    peer = both[1];
    socket.emplace(loop, both[0], Work::Begins);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() { end_peer(); }
  void end_peer() {
    if (peer >= 0) close(std::exchange(peer, -1));
  }

  int peer;
  std::optional<Socket> socket;
};

Task<> await_news(Signal& signal, std::string& log) {
  Result<> waited = co_await signal.outcome();
  log += waited ? 's' : '!';
  co_return {};
}

TEST_CASE("what came in time is not late because its turn came later") {
  TwoAndThree all(60ms);
  Ends ends(all.loop);
  REQUIRE(write(ends.peer, "x", 1) == 1);
  ends.socket->read_deadline(Clock::now() + 5ms);
  all.loop.spawn(await_news(ends.socket->readable(), all.log));
  all.run_to(6);
  CHECK(all.log == "XYabcs");
}

TEST_CASE("a client that has gone is told of before anything begins") {
  TwoAndThree all;
  Ends ends(all.loop);
  ends.end_peer();
  all.loop.spawn(await_news(ends.socket->readable(), all.log));
  CHECK(all.run_to(6) == "XYsa");
}

TEST_CASE("a client that goes while it is put off is told of before anything else begins") {
  TwoAndThree all;
  Ends ends(all.loop);
  REQUIRE(write(ends.peer, "x", 1) == 1);
  AfterTurn end(all.loop, [&] {
    CHECK(all.log == "XYa");
    all.loop.spawn(await_news(ends.socket->readable(), all.log));
    ends.end_peer();
  });
  all.run_to(6);
  CHECK(all.log == "XYasbc");
}

// As full as the system lets it be.
void fill(Socket& socket) {
  const std::string much(100'000, 'x');
  const std::string_view piece = much;
  while (socket.try_write(std::span(&piece, 1)).moved()) {
  }
}

TEST_CASE("a client that does not read is put off like others") {
  TwoAndThree all;
  Ends ends(all.loop);
  fill(*ends.socket);
  all.loop.spawn(await_news(ends.socket->writable(), all.log));
  all.loop.spawn(await_news(ends.socket->readable(), all.log));
  REQUIRE(write(ends.peer, "x", 1) == 1);
  CHECK(all.run_to(6) == "XYa");
  CHECK(all.log == "XYabcs");
  all.loop.cancel_tasks();  // who waits to write goes before the socket
}

TEST_CASE("a client that can be written to again is told of before anything begins") {
  TwoAndThree all;
  Ends ends(all.loop);
  all.loop.spawn(await_news(ends.socket->writable(), all.log));
  CHECK(all.run_to(6) == "XYsa");
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

TEST_CASE("the system's time of a turn goes with the clock of the loop") {
  Loop loop;
  std::string log;
  loop.spawn(sleep_and_log(loop, 250ms, log, 'a'), [&](Result<>) { loop.stop(); });
  auto before = std::chrono::system_clock::now();
  loop.run();
  auto after = std::chrono::system_clock::now();
  CHECK(loop.wall_time() >= before + 250ms - 1ms);
  CHECK(loop.wall_time() <= after + 1ms);
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
