#pragma once

#include <memory>

#include "net/loop.h"
#include "net/stream.h"

namespace pforte::net {

class Address;

// A connected TCP or Unix socket. Registered once with its loop, edge-triggered: a short read or a refused write is
// remembered until the loop reports news, so no system call is made that is bound to find nothing.
class Socket final : public Stream, private Watcher, private Timer {
 public:
  // Takes over `descriptor`, which must be non-blocking.
  Socket(Loop& loop, int descriptor);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() override;

  Io try_read(std::span<char> into) override;
  // The same bytes again at the next attempt. Moved also when nothing new has come.
  Io try_peek(std::span<char> into);
  // Sends straight away and keeps nothing.
  Io try_write(std::span<const std::string_view> pieces) override;
  Io try_flush() override { return {Io::Status::Moved}; }
  void finish() override;
  Signal& readable() override { return readable_; }
  Signal& writable() override { return writable_; }
  void deadline(Instant at) override { Timer::set(at); }
  void tell_when_broken(Signal* other) override { told_when_broken_ = other; }
  bool broken() const override { return broken_; }
  Error failure() const override;

  int descriptor() const { return descriptor_; }

 private:
  void on_ready(std::uint32_t events) override;
  void on_time() override;

  int descriptor_;
  int error_number_ = 0;
  bool may_read_ = true;
  bool may_write_ = true;
  bool peer_finished_ = false;
  bool broken_ = false;
  bool* gone_ = nullptr;  // set while on_ready runs: tells it that a woken task destroyed us
  Signal* told_when_broken_ = nullptr;
  Signal readable_;
  Signal writable_;
  Loop& loop_;
};

// A new connection. Fails with Kind::Unavailable when it is refused or unreachable or no descriptor is left, with
// Kind::Timeout when nobody answers within `limit`.
Task<std::unique_ptr<Socket>> connect(Loop& loop, Address to, Duration limit);

}  // namespace pforte::net
