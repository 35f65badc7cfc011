#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "net/loop.h"
#include "net/stream.h"

namespace pforte::net {

// Two streams joined in memory, for tests. Hands over at most `chunk` bytes per read, so that a test can
// put every byte in a read of its own, and takes no more than `room` bytes that have not been read yet.
//
// With a loop it is like a pair of sockets: who waits is woken in a later turn, and deadlines are kept. Without one,
// who waits is woken at once, and there are no deadlines.
class MemoryPipe {
 private:
  struct Flow {
    std::string bytes;
    bool finished = false;
    bool dropped = false;
    Signal arrived;
    Signal drained;
  };

  class End final : public Stream {
   public:
    struct Terms {
      Loop* loop;
      std::size_t chunk;
      std::size_t room;
    };

    End(std::shared_ptr<Flow> in, std::shared_ptr<Flow> out, Terms terms)
        : in_(std::move(in)), out_(std::move(out)), terms_(terms) {
      if (!terms_.loop) return;
      read_clock_.emplace(terms_.loop->timers(), in_, &Flow::arrived);
      write_clock_.emplace(terms_.loop->timers(), out_, &Flow::drained);
    }

    Io try_read(std::span<char> into) override {
      if (in_->dropped) return {Io::Status::Failed};
      if (in_->bytes.empty()) return {in_->finished ? Io::Status::Finished : Io::Status::Blocked};
      std::size_t count = in_->bytes.copy(into.data(), std::min(into.size(), terms_.chunk));
      in_->bytes.erase(0, count);
      wake(in_, &Flow::drained);
      return {Io::Status::Moved, count};
    }
    Io try_write(std::span<const std::string_view> pieces) override {
      if (out_->dropped) return {Io::Status::Failed};
      std::size_t before = out_->bytes.size();
      if (before >= terms_.room) return {Io::Status::Blocked};
      for (std::string_view piece : pieces) out_->bytes += piece.substr(0, terms_.room - out_->bytes.size());
      std::size_t count = out_->bytes.size() - before;
      wake(out_, &Flow::arrived);
      return {Io::Status::Moved, count};
    }
    Io try_flush() override { return {Io::Status::Moved}; }
    void finish() override {
      out_->finished = true;
      wake(out_, &Flow::arrived);
    }
    // Takes the connection away from both ends; what has not been read is gone.
    void drop() {
      for (const std::shared_ptr<Flow>& flow : {in_, out_}) {
        flow->dropped = true;
        wake(flow, &Flow::arrived);
        wake(flow, &Flow::drained);
      }
    }
    Signal& readable() override { return in_->arrived; }
    Signal& writable() override { return out_->drained; }
    void read_deadline(Instant at) override {
      if (read_clock_) read_clock_->set(at);
    }
    void write_deadline(Instant at) override {
      if (write_clock_) write_clock_->set(at);
    }
    void tell_when_broken(Signal*) override {}
    bool broken() const override { return in_->dropped; }
    Error failure() const override { return Error(Kind::Closed, "net.memory", "the pipe was dropped"); }

   private:
    class Clock final : public Timer {
     public:
      Clock(TimerWheel& wheel, std::shared_ptr<Flow> flow, Signal Flow::* signal)
          : Timer(wheel), flow_(std::move(flow)), signal_(signal) {}

     private:
      void on_time() override {
        std::shared_ptr<Flow> flow = flow_;
        ((*flow).*signal_).fail(Error(Kind::Timeout, "net.timeout", "nothing moved in time"));
      }
      std::shared_ptr<Flow> flow_;
      Signal Flow::* signal_;
    };

    void wake(const std::shared_ptr<Flow>& flow, Signal Flow::* signal) {
      if (!terms_.loop) return ((*flow).*signal).ring();
      if (!((*flow).*signal).awaited()) return;
      terms_.loop->post([flow, signal] { ((*flow).*signal).ring(); });
    }

    std::shared_ptr<Flow> in_;
    std::shared_ptr<Flow> out_;
    Terms terms_;
    std::optional<Clock> read_clock_;
    std::optional<Clock> write_clock_;
  };

  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  std::shared_ptr<Flow> to_left_ = std::make_shared<Flow>();
  std::shared_ptr<Flow> to_right_ = std::make_shared<Flow>();
  End::Terms terms_;

 public:
  explicit MemoryPipe(std::size_t chunk = 65536) : MemoryPipe(End::Terms{nullptr, chunk, kUnbounded}) {}
  explicit MemoryPipe(Loop& loop, std::size_t chunk = 65536, std::size_t room = kUnbounded)
      : MemoryPipe(End::Terms{&loop, chunk, room}) {}

  // An end for somebody who wants one of his own; then `left` or `right` is not to be read or written.
  std::unique_ptr<Stream> own_left() { return std::make_unique<End>(to_left_, to_right_, terms_); }
  std::unique_ptr<Stream> own_right() { return std::make_unique<End>(to_right_, to_left_, terms_); }

 private:
  explicit MemoryPipe(End::Terms terms)
      : terms_(terms), left(to_left_, to_right_, terms), right(to_right_, to_left_, terms) {}

 public:
  End left;
  End right;
};

}  // namespace pforte::net
