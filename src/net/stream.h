#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/signal.h"
#include "net/timer.h"

namespace pforte::net {

// How one attempt to move bytes ended.
struct Io {
  enum class Status : std::uint8_t {
    Moved,     // `bytes` were read or taken
    Blocked,   // nothing now; wait for readable() or writable()
    Finished,  // reading: the peer has finished sending
    Failed,    // see failure()
  };
  Status status;
  std::size_t bytes = 0;

  bool moved() const { return status == Status::Moved; }
  bool blocked() const { return status == Status::Blocked; }
};

// An ordered, reliable flow of bytes both ways: a TCP socket, a TLS session, or a pipe in a test. Attempts never
// wait; who is Blocked awaits the signal. One reader and one writer at a time. Destroying a stream drops the
// connection.
class Stream {
 public:
  virtual ~Stream() = default;

  virtual Io try_read(std::span<char> into) = 0;

  // Whether try_read() is known to be Blocked, so that nobody prepares for bytes that are not there.
  virtual bool nothing_to_read() const { return false; }

  // Takes bytes from the front of `pieces`, and sends what it took as one. What it could not send at once it may keep,
  // a bounded amount: see try_flush().
  virtual Io try_write(std::span<const std::string_view> pieces) = 0;

  // Sends what was taken and kept; Moved when nothing is left.
  virtual Io try_flush() = 0;

  // Says that we send no more; reading goes on. After try_flush() has Moved.
  virtual void finish() = 0;

  virtual Signal& readable() = 0;
  virtual Signal& writable() = 0;

  // A wait for readable(), or for writable(), fails with Kind::Timeout once `at` has come. kNever: no bound.
  virtual void read_deadline(Instant at) = 0;
  virtual void write_deadline(Instant at) = 0;

  // When the peer has dropped the connection (not merely finished sending), a wait for `other` fails as well.
  // Null ends that. `other` must outlive the stream or be taken back.
  virtual void tell_when_broken(Signal* other) = 0;
  virtual bool broken() const = 0;

  // Why the last attempt Failed.
  virtual Error failure() const = 0;
};

// `co_await signal` as a task, for those who want its outcome.
Task<> wait_for(Signal& signal);

// Waits for at least one byte; 0 when the peer has finished sending. `into` must outlive the task.
Task<std::size_t> read_some(Stream& stream, std::span<char> into);

// Ends when the stream has taken all of `bytes`, which must outlive the task.
Task<> write_all(Stream& stream, std::string_view bytes);

// Ends when everything taken has been handed to the system.
Task<> flush(Stream& stream);

}  // namespace pforte::net
