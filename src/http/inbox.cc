#include "http/inbox.h"

#include <algorithm>
#include <cstring>

namespace pforte::http {

using net::Buffer;

net::Io Inbox::try_fill(Buffer::Size size) {
  net::Io io{net::Io::Status::Blocked};
  if (!stream_.nothing_to_read()) {
    make_room(size);
    io = stream_.try_read({buffer_.data() + end_, buffer_.capacity() - end_});
  }
  end_ += io.bytes;
  if (!io.moved() && empty() && !pinned_) {
    buffer_.release();
    begin_ = end_ = 0;
  }
  return io;
}

void Inbox::make_room(Buffer::Size size) {
  if (!buffer_) {
    buffer_ = Buffer(size);
    begin_ = end_ = 0;
    return;
  }
  std::size_t left = end_ - begin_;
  bool small = buffer_.capacity() < Buffer::capacity_of(size);
  if (pinned_ && (small || left == 0 || end_ == buffer_.capacity())) {
    Buffer fresh(std::max(size, Buffer::fitting(left + 1)));
    if (left > 0) std::memcpy(fresh.data(), buffer_.data() + begin_, left);
    // Only the first move takes the pinned bytes along; later buffers hold nothing that is in use.
    if (!kept_) kept_ = std::move(buffer_);
    buffer_ = std::move(fresh);
    pinned_ = false;
    begin_ = 0;
    end_ = left;
  } else if (!pinned_ && left == 0 && !small) {
    begin_ = end_ = 0;
  } else if (!pinned_ && (small || end_ == buffer_.capacity())) {
    bool full = left == buffer_.capacity();
    if (begin_ > 0 && !small) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, left);
      begin_ = 0;
      end_ = left;
    } else {
      move_to(Buffer(std::max(size, Buffer::fitting(left + (full ? 1 : 0)))));
    }
  }
}

void Inbox::move_to(Buffer larger) {
  std::size_t left = end_ - begin_;
  if (left > 0) std::memcpy(larger.data(), buffer_.data() + begin_, left);
  buffer_ = std::move(larger);
  begin_ = 0;
  end_ = left;
}

void Inbox::unpin() {
  pinned_ = false;
  kept_.release();
  if (!empty()) return;
  buffer_.release();
  begin_ = end_ = 0;
}

}  // namespace pforte::http
