#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/loop.h"
#include "net/signal.h"

namespace pforte::net {

// Threads for work that blocks: names to addresses, files, and later tickets and directories. A task hands work over
// and goes on, on its own loop, when it is done. Loops outlive the pool.
class Pool {
 public:
  explicit Pool(unsigned threads);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  // Waits for the work under way; what has not begun is dropped.
  ~Pool();

  // The value of `work()`, called on a thread of the pool. A task that is cancelled meanwhile leaves the work to end
  // unheard, so `work` owns what it uses.
  template <class T>
  Task<T> run(Loop& loop, std::move_only_function<Result<T>()> work) {
    auto job = std::make_shared<Job<T>>();
    Hearing hearing(job->hearer);
    submit([&loop, job, work = std::move(work)]() mutable {
      job->result.emplace(work());
      loop.post([job] {
        job->done = true;
        if (job->hearer) job->hearer->ring();
      });
    });
    while (!job->done) co_await hearing.signal;
    co_return std::move(*job->result);
  }

 private:
  // Shared by the thread that works and the task that waits; `hearer` and `done` are used on the loop's thread alone.
  template <class T>
  struct Job {
    std::optional<Result<T>> result;
    bool done = false;
    Signal* hearer = nullptr;
  };

  // Takes the hearer back when its task is cancelled.
  struct Hearing {
    explicit Hearing(Signal*& place) : place_(place) { place_ = &signal; }
    Hearing(const Hearing&) = delete;
    Hearing& operator=(const Hearing&) = delete;
    ~Hearing() { place_ = nullptr; }
    Signal signal;

   private:
    Signal*& place_;
  };

  void submit(std::move_only_function<void()> piece);
  void serve();

  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<std::move_only_function<void()>> waiting_;  // under mutex_
  bool ending_ = false;                                  // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace pforte::net
