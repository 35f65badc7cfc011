#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pforte::net {

// A block of memory borrowed from the thread's pool, given back when it goes. Connections take one when bytes
// arrive and hold none while they are idle. A buffer stays on the thread that took it.
class Buffer {
 public:
  // Small: a handshake flight or a ticket. Medium: a head, or one TLS record of 16 KiB. Large: what a busy socket
  // gives at once, 128 KiB, with the overhead of the TLS records around it. Huge: the longest head that can be
  // configured, 2 MiB, not pooled.
  enum class Size : std::uint8_t { Small, Medium, Large, Huge };

  Buffer() = default;  // holds nothing
  explicit Buffer(Size size);
  Buffer(Buffer&& other) noexcept : data_(other.data_), size_(other.size_) { other.data_ = nullptr; }
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer() { release(); }

  explicit operator bool() const { return data_ != nullptr; }
  char* data() const { return data_; }
  std::size_t capacity() const { return data_ ? capacity_of(size_) : 0; }
  void release() {
    if (data_) give_back();
  }

  static std::size_t capacity_of(Size size);
  // The smallest size that holds `bytes`; Huge when none does.
  static Size fitting(std::size_t bytes);

 private:
  void give_back();

  char* data_ = nullptr;
  Size size_ = Size::Small;
};

// How much one turn of a relay moves at most.
inline constexpr std::size_t kRelayBytes = 128UZ * 1024;

}  // namespace pforte::net
