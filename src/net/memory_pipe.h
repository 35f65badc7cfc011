#pragma once

#include <algorithm>
#include <string>

#include "net/stream.h"

namespace pforte::net {

// Two streams joined in memory, for tests. Hands over at most `chunk` bytes per read, so that a test can
// put every byte in a read of its own. Deadlines are not kept.
class MemoryPipe {
 private:
  struct Flow {
    std::string bytes;
    bool finished = false;
    Signal arrived;
  };

  class End final : public Stream {
   public:
    End(Flow& in, Flow& out, std::size_t chunk) : in_(in), out_(out), chunk_(chunk) {}

    Io try_read(std::span<char> into) override {
      if (in_.bytes.empty()) return {in_.finished ? Io::Status::Finished : Io::Status::Blocked};
      std::size_t count = in_.bytes.copy(into.data(), std::min(into.size(), chunk_));
      in_.bytes.erase(0, count);
      return {Io::Status::Moved, count};
    }
    Io try_write(std::span<const std::string_view> pieces) override {
      std::size_t count = 0;
      for (std::string_view piece : pieces) count += piece.size();
      for (std::string_view piece : pieces) out_.bytes += piece;
      out_.arrived.ring();
      return {Io::Status::Moved, count};
    }
    Io try_flush() override { return {Io::Status::Moved}; }
    void finish() override {
      out_.finished = true;
      out_.arrived.ring();
    }
    Signal& readable() override { return in_.arrived; }
    Signal& writable() override { return never_; }
    void deadline(Instant) override {}
    void tell_when_broken(Signal*) override {}
    bool broken() const override { return false; }
    Error failure() const override { return Error(Kind::Internal, "net.memory", "a memory pipe never fails"); }

   private:
    Flow& in_;
    Flow& out_;
    std::size_t chunk_;
    Signal never_;
  };

  Flow to_left_;
  Flow to_right_;

 public:
  explicit MemoryPipe(std::size_t chunk = 65536)
      : left(to_left_, to_right_, chunk), right(to_right_, to_left_, chunk) {}

  End left;
  End right;
};

}  // namespace pforte::net
