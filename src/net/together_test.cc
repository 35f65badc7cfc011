#include "net/together.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "net/signal.h"
#include "net/testing.h"

namespace pforte::net {
namespace {

using namespace std::chrono_literals;

// Writes its letter when it goes, and how it went: in upper case when it was cancelled.
Task<> work(std::string& log, char letter, Signal& signal, bool fails = false) {
  struct Trace {
    std::string& log;
    char letter;
    bool ended = false;
    ~Trace() { log += ended ? letter : char(letter - 'a' + 'A'); }
  };
  Trace trace{log, letter};
  co_await signal;
  trace.ended = true;
  if (fails) co_return fail(Kind::Denied, "test.work", std::string(1, letter));
  co_return {};
}

Task<> ready(bool fails) {
  if (fails) co_return fail(Kind::Denied, "test.ready", "r");
  co_return {};
}

TEST_CASE("two tasks together end when both have, or when one fails, which cancels the other") {
  struct Row {
    bool first_fails, second_fails, second_rings_first;
    std::string_view log, error;
  };
  const Row rows[] = {
      {false, false, false, "ab", ""}, {false, false, true, "ba", ""}, {true, false, false, "aB", "a"},
      {false, true, false, "ab", "b"}, {false, true, true, "bA", "b"}, {true, true, true, "bA", "b"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.log);
    Loop loop;
    std::string log;
    Signal one;
    Signal two;
    loop.post([&] { (row.second_rings_first ? two : one).ring(); });
    loop.post([&] { (row.second_rings_first ? one : two).ring(); });
    Result<> ended = run(loop, both(work(log, 'a', one, row.first_fails), work(log, 'b', two, row.second_fails)));
    CHECK(log == row.log);
    CHECK(ended.has_value() == row.error.empty());
    if (!ended) CHECK(ended.error().text() == row.error);
  }
}

TEST_CASE("tasks that end at once are together as well") {
  CHECK(run(both(ready(false), ready(false))));
  CHECK(!run(both(ready(false), ready(true))));
  std::string log;
  Signal never;
  CHECK(!run(both(ready(true), work(log, 'a', never))));
  CHECK(log == "A");
  CHECK(!run(both(work(log, 'b', never), ready(true))));
  CHECK(log == "AB");
}

TEST_CASE("a limit ends what takes longer, and nothing else") {
  Loop loop;
  std::string log;
  Signal signal;
  CHECK(run(loop, within(loop, 5s, ready(false))));
  Result<> failed = run(loop, within(loop, 5s, ready(true)));
  REQUIRE(!failed);
  CHECK(failed.error().kind() == Kind::Denied);
  loop.post([&] { signal.ring(); });
  CHECK(run(loop, within(loop, 5s, work(log, 'a', signal))));
  Result<> late = run(loop, within(loop, 5ms, work(log, 'b', signal)));
  REQUIRE(!late);
  CHECK(late.error().kind() == Kind::Timeout);
  CHECK(log == "aB");
}

TEST_CASE("a task beside its owner runs at once, tells its end once, and is cancelled with its owner") {
  std::string log;
  Signal signal;
  int told = 0;
  {
    Beside beside(work(log, 'a', signal), [&] { ++told; });
    CHECK(!beside.result());
    CHECK(!beside.failed());
    signal.ring();
    REQUIRE(beside.result());
    CHECK(beside.result()->has_value());
    CHECK(told == 1);
  }
  {
    Beside beside(work(log, 'b', signal, true), [&] { ++told; });
    signal.ring();
    CHECK(beside.failed());
    CHECK(told == 2);
  }
  {
    Beside beside(work(log, 'c', signal), [&] { ++told; });
  }
  CHECK(told == 2);
  CHECK(log == "abC");
  CHECK(!signal.awaited());
  Beside at_once(ready(true), [&] { ++told; });
  CHECK(at_once.failed());
  CHECK(told == 3);
}

TEST_CASE("whoever is told that a task has ended may destroy it there and then") {
  std::string log;
  Signal signal;
  std::unique_ptr<Beside> beside;
  beside = std::make_unique<Beside>(work(log, 'a', signal), [&] {
    log += '.';
    beside.reset();
  });
  signal.ring();
  CHECK(!beside);
  CHECK(log == "a.");
}

TEST_CASE("a task that ends may cancel the one it ran beside, from within its end") {
  std::string log;
  Signal first;
  Signal second;
  std::unique_ptr<Beside> other = std::make_unique<Beside>(work(log, 'o', second));
  Beside one(work(log, 'a', first), [&] { other.reset(); });
  first.ring();
  CHECK(log == "aO");
  CHECK(!second.awaited());
}

TEST_CASE("pairs of pairs are cancelled as one") {
  Loop loop;
  std::string log;
  Signal never;
  Signal also_never;
  Signal bad;
  loop.post([&] { bad.ring(); });
  Result<> ended = run(loop, both(both(work(log, 'a', never), work(log, 'b', also_never)), work(log, 'c', bad, true)));
  CHECK(!ended);
  CHECK(log == "cBA");
}

}  // namespace
}  // namespace pforte::net
