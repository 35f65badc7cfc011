#pragma once

#include <functional>
#include <initializer_list>

#include "net/loop.h"

namespace pforte::net {

// Signals of the process as events of a loop. Made on the main thread before there are others: those inherit that the
// signals are blocked.
class Signals final : private Watcher {
 public:
  Signals(Loop& loop, std::initializer_list<int> numbers, std::move_only_function<void(int number)> on_signal);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

 private:
  void on_ready(std::uint32_t events) override;

  Loop& loop_;
  int descriptor_;
  std::move_only_function<void(int)> on_signal_;
};

}  // namespace pforte::net
