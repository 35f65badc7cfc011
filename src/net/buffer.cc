#include "net/buffer.h"

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace pforte::net {

namespace {

struct Class {
  std::size_t bytes;
  std::size_t kept;  // how many free ones a thread keeps
};
constexpr std::array<Class, 4> kClasses{{
    {4096, 256},
    {17UZ * 1024, 256},
    {kRelayBytes + 8UZ * 1024, 32},
    {2100UZ * 1024, 0},
}};

using Block = std::unique_ptr<char[]>;

// Free blocks of this thread, last used first: those are still in the cache.
thread_local std::array<std::vector<Block>, kClasses.size()> free_blocks;

}  // namespace

Buffer::Buffer(Size size) : size_(size) {
  auto& blocks = free_blocks[std::size_t(size)];
  if (blocks.empty()) {
    data_ = std::make_unique_for_overwrite<char[]>(capacity_of(size)).release();
  } else {
    data_ = blocks.back().release();
    blocks.pop_back();
  }
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  other.release();
  return *this;
}

void Buffer::give_back() {
  Block block(std::exchange(data_, nullptr));
  auto& blocks = free_blocks[std::size_t(size_)];
  if (blocks.size() < kClasses[std::size_t(size_)].kept) blocks.push_back(std::move(block));
}

std::size_t Buffer::capacity_of(Size size) {
  return kClasses[std::size_t(size)].bytes;
}

Buffer::Size Buffer::fitting(std::size_t bytes) {
  if (bytes <= capacity_of(Size::Small)) return Size::Small;
  if (bytes <= capacity_of(Size::Medium)) return Size::Medium;
  return bytes <= capacity_of(Size::Large) ? Size::Large : Size::Huge;
}

}  // namespace pforte::net
