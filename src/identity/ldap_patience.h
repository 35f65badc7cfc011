#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace pforte::identity {

// When a server that did not answer is asked again: after 5 s, and with each further failure after 10, 20, 40, 60 s.
// Then one login tries it, and the others go on without it until that one knows. Any thread.
class LdapPatience {
 public:
  using Clock = std::chrono::steady_clock;

  // Whether to ask now.
  bool may_ask(Clock::time_point now);

  // True if it had failed before.
  bool answered();

  // For how long it is left alone now. `began` is when it was asked: those who had asked together have seen one
  // failure.
  std::chrono::seconds failed(Clock::time_point began, Clock::time_point now);

  // Until when it is left alone, which may be over: then the next login asks it. None: it has not failed since it
  // answered last.
  std::optional<Clock::time_point> left_alone_until() const;

 private:
  mutable std::mutex mutex_;
  unsigned failures_ = 0;          // in a row
  Clock::time_point last_failed_;  // with failures_
  Clock::time_point not_before_;   // with failures_
};

}  // namespace pforte::identity
