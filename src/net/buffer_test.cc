#include "net/buffer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "net/frame.h"
#include "net/spare.h"

namespace pforte::net {
namespace {

TEST_CASE("the smallest buffer that holds what is asked for is the fitting one") {
  using Size = Buffer::Size;
  struct Row {
    std::size_t bytes;
    Size size;
  };
  const Row rows[] = {
      {0, Size::Small},          {4096, Size::Small},          {4097, Size::Medium},
      {17 * 1024, Size::Medium}, {17 * 1024 + 1, Size::Large}, {kRelayBytes, Size::Large},
      {1 << 20, Size::Huge},     {2UZ << 20, Size::Huge},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CHECK(Buffer::fitting(row.bytes) == row.size);
    CHECK(Buffer::capacity_of(row.size) >= row.bytes);
  }
}

TEST_CASE("a buffer is given back and lent again, and moves with what it holds") {
  Buffer nothing;
  CHECK(!nothing);
  CHECK(nothing.capacity() == 0);
  nothing.release();

  for (Buffer::Size size : {Buffer::Size::Small, Buffer::Size::Medium, Buffer::Size::Large, Buffer::Size::Huge}) {
    Buffer one(size);
    std::fill_n(one.data(), one.capacity(), 'x');
    char* place = one.data();
    Buffer other(std::move(one));
    CHECK(other.data() == place);
    CHECK(other.capacity() == Buffer::capacity_of(size));
    Buffer third(Buffer::Size::Small);
    third = std::move(other);
    CHECK(third.data() == place);
    third.release();
    CHECK(!third);
    Buffer again(size);
    CHECK(again.capacity() == Buffer::capacity_of(size));
  }
}

TEST_CASE("a spare keeps the memory of the one before") {
  const char* place = nullptr;
  {
    Spare<std::string> first;
    CHECK(!first);
    first.take();
    first->assign(10'000, 'x');
    place = first->data();
    first.take();  // it has one
    CHECK(first->data() == place);
  }
  Spare<std::string> second;
  second.take();
  CHECK(second->data() == place);
  second.give_back();
  CHECK(!second);
}

TEST_CASE("frames of all sizes hold what they promise") {
  for (std::size_t bytes : {1UZ, 63UZ, 64UZ, 65UZ, 2048UZ, 2049UZ, 100'000UZ}) {
    void* first = detail::take_frame(bytes);
    void* second = detail::take_frame(bytes);
    CHECK(first != second);
    std::fill_n(static_cast<char*>(first), bytes, 'a');
    std::fill_n(static_cast<char*>(second), bytes, 'b');
    CHECK(std::count(static_cast<char*>(first), static_cast<char*>(first) + bytes, 'a') == std::ptrdiff_t(bytes));
    detail::give_frame_back(second, bytes);
    detail::give_frame_back(first, bytes);
    void* third = detail::take_frame(bytes);
    std::fill_n(static_cast<char*>(third), bytes, 'c');
    detail::give_frame_back(third, bytes);
  }
}

}  // namespace
}  // namespace pforte::net
