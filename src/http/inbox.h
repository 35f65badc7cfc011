#pragma once

#include <span>
#include <string_view>

#include "net/buffer.h"
#include "net/stream.h"

namespace pforte::http {

// What has been read from a stream and not been used. Holds memory only while there is something in it.
class Inbox {
 public:
  explicit Inbox(net::Stream& stream) : stream_(stream) {}
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  std::string_view bytes() const { return {buffer_.data() + begin_, end_ - begin_}; }
  std::span<char> span() { return {buffer_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  // The first `count` bytes have been used. They stay where they are until the next try_fill().
  void consume(std::size_t count) { begin_ += count; }

  // Reads more behind what is there, into a buffer of at least `size`, which grows when it is full.
  net::Io try_fill(net::Buffer::Size size);

  // Keeps all bytes consumed so far where they are, until unpin(): a head stays while its body is read.
  void pin() { pinned_ = true; }
  void unpin();

 private:
  void make_room(net::Buffer::Size size);
  void move_to(net::Buffer larger);

  net::Stream& stream_;
  net::Buffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool pinned_ = false;  // what lies before begin_ is in use
  net::Buffer kept_;     // the pinned bytes, once reading has moved on to another buffer
};

}  // namespace pforte::http
