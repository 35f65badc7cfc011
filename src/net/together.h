#pragma once

#include <functional>
#include <optional>

#include "net/loop.h"
#include "net/task.h"

namespace pforte::net {

// A task that runs beside its owner, from its making. Destroying it cancels it.
class Beside {
 public:
  // `on_end` is called once when the task ends by itself, perhaps before the constructor returns; later on it may
  // destroy this.
  explicit Beside(Task<> task, std::move_only_function<void()> on_end = [] {});
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside();

  // Nothing while it runs.
  const std::optional<Result<>>& result() const { return result_; }
  bool failed() const { return result_ && !*result_; }

 private:
  struct Branch;
  static Branch run(Task<> task, Beside& owner);

  std::move_only_function<void()> on_end_;
  std::optional<Result<>> result_;
  void* frame_;
};

// Runs two tasks side by side until both ended. If one fails, cancels the other and fails.
Task<> both(Task<> first, Task<> second);

// Runs `task`, and fails with Kind::Timeout if it has not ended after `limit`.
Task<> within(Loop& loop, Duration limit, Task<> task);

}  // namespace pforte::net
