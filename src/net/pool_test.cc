#include "net/pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <semaphore>
#include <string>

#include "net/testing.h"
#include "net/together.h"

namespace pforte::net {
namespace {

using namespace std::chrono_literals;

TEST_CASE("work that blocks is done elsewhere, and its value comes back to the loop") {
  Loop loop;
  Pool pool(2);
  std::thread::id worker;
  auto task = [](Loop& here, Pool& there, std::thread::id& where) -> Task<std::string> {
    std::move_only_function<Result<std::string>()> work = [&where]() -> Result<std::string> {
      where = std::this_thread::get_id();
      return "done";
    };
    std::string value = co_await there.run<std::string>(here, std::move(work));
    co_return value;
  };
  CHECK(run(loop, task(loop, pool, worker)).value() == "done");
  CHECK(worker != std::this_thread::get_id());
}

TEST_CASE("work that fails fails the task that waits") {
  Loop loop;
  Pool pool(1);
  std::move_only_function<Result<int>()> work = []() -> Result<int> { return fail(Kind::NotFound, "test.work", ""); };
  Result<int> got = run(loop, pool.run<int>(loop, std::move(work)));
  REQUIRE(!got);
  CHECK(got.error().code() == "test.work");
}

Task<> forget(Task<int> task) {
  co_await std::move(task);
  co_return {};
}

TEST_CASE("a task that is cancelled leaves its work to end unheard") {
  Loop loop;
  std::binary_semaphore go(0);
  std::atomic<bool> done = false;
  {
    Pool pool(1);
    std::move_only_function<Result<int>()> work = [&]() -> Result<int> {
      go.acquire();
      done = true;
      return 1;
    };
    Result<> ended = run(loop, within(loop, 5ms, forget(pool.run<int>(loop, std::move(work)))));
    REQUIRE(!ended);
    CHECK(ended.error().kind() == Kind::Timeout);
    CHECK(!done);
    go.release();
  }
  CHECK(done);
  loop.post([&] { loop.stop(); });
  loop.run();
}

TEST_CASE("what has not begun is dropped when the pool goes") {
  Loop loop;
  std::binary_semaphore begun(0);
  std::binary_semaphore go(0);
  std::atomic<int> done = 0;
  std::thread opener;
  {
    Pool pool(1);
    for (int i = 0; i < 3; ++i) {
      std::move_only_function<Result<int>()> work = [&]() -> Result<int> {
        begun.release();
        go.acquire();
        return ++done;
      };
      loop.spawn(forget(pool.run<int>(loop, std::move(work))));
    }
    begun.acquire();
    // The pool is told to end while the first piece is under way.
    opener = std::thread([&] {
      std::this_thread::sleep_for(30ms);
      go.release();
    });
  }
  opener.join();
  CHECK(done == 1);
  loop.cancel_tasks();
}

}  // namespace
}  // namespace pforte::net
