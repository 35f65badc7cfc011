#pragma once

#include <memory>

#include "net/address.h"
#include "net/loop.h"
#include "net/stream.h"

namespace pforte::net {

// A connected TCP or Unix socket. Registered once with its loop, edge-triggered: a short read or a refused write is
// remembered until the loop reports news, so no system call is made that is bound to find nothing.
class Socket final : public Stream, private Watcher {
 public:
  // Takes over `descriptor`, which must be non-blocking.
  Socket(Loop& loop, int descriptor, Work work = Work::GoesOn);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() override;

  Io try_read(std::span<char> into) override;
  bool nothing_to_read() const override { return !reading_.possible && reading_.error_number == 0; }
  // The same bytes again at the next attempt. Moved also when nothing new has come.
  Io try_peek(std::span<char> into);
  // Sends straight away and keeps nothing.
  Io try_write(std::span<const std::string_view> pieces) override;
  Io try_flush() override { return {Io::Status::Moved}; }
  void finish() override;
  Signal& readable() override { return reading_.news; }
  Signal& writable() override { return writing_.news; }
  void read_deadline(Instant at) override { reading_.set(at); }
  void write_deadline(Instant at) override { writing_.set(at); }
  void tell_when_broken(Signal* other) override { told_when_broken_ = other; }
  bool broken() const override { return broken_; }
  Error failure() const override;

  int descriptor() const { return descriptor_; }
  // Our end; 0.0.0.0:0 of a socket that is not TCP.
  Address local_address() const;

 private:
  // Who waits for one direction, until when, and what went wrong in it: a refused write says nothing about the bytes
  // that have come in.
  struct Direction final : Timer {
    explicit Direction(Socket& owner) : Timer(owner.loop_.timers()), socket(owner) {}
    void on_time() override;  // may destroy the socket

    Socket& socket;
    Signal news;
    int error_number = 0;
    bool possible = true;  // as far as the system has told
  };

  void on_ready(std::uint32_t events) override;
  bool begins(std::uint32_t events) const override;
  Io failed(Direction& direction, int error_number);

  Loop& loop_;
  int descriptor_;
  Work work_;
  int error_number_ = 0;  // of the last attempt that Failed
  bool peer_finished_ = false;
  bool broken_ = false;
  bool* gone_ = nullptr;  // set while on_ready runs: tells it that a woken task destroyed us
  Signal* told_when_broken_ = nullptr;
  Direction reading_;
  Direction writing_;
};

// A new connection. Fails with Kind::Unavailable when it is refused or unreachable or no descriptor is left, with
// Kind::Timeout when nobody answers within `limit`.
Task<std::unique_ptr<Socket>> connect(Loop& loop, Address to, Duration limit);

}  // namespace pforte::net
