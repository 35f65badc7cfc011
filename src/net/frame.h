#pragma once

#include <cstddef>

namespace pforte::net::detail {

// Memory for coroutine frames. A request makes some twenty of a few sizes and gives each back at once, so a thread
// keeps them at hand: an exchange costs no allocation. Freed on the thread that took it.
void* take_frame(std::size_t bytes);
void give_frame_back(void* frame, std::size_t bytes) noexcept;

// What a promise inherits so that its coroutine's frame comes from there.
class PooledFrame {
 public:
  static void* operator new(std::size_t bytes) { return take_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { give_frame_back(frame, bytes); }
};

}  // namespace pforte::net::detail

namespace pforte::net {

// For other objects that come and go with each request.
using Pooled = detail::PooledFrame;

}  // namespace pforte::net
