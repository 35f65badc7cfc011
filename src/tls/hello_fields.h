#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pforte::tls {

// Takes fields from the front of a structure of TLS. What lies behind its end is empty, and not complete.
class HelloFields {
 public:
  using Bytes = std::span<const std::uint8_t>;

  explicit HelloFields(Bytes bytes) : rest_(bytes) {}

  Bytes take(std::size_t size) {
    complete_ &= size <= rest_.size();
    Bytes taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return complete_ ? taken : Bytes();
  }
  std::size_t number(std::size_t size) {
    std::size_t number = 0;
    for (std::uint8_t byte : take(size)) number = number << 8 | byte;
    return number;
  }
  // What has its length, of so many bytes, in front of it.
  Bytes vector(std::size_t length_size) { return take(number(length_size)); }

  bool complete() const { return complete_; }
  bool over() const { return rest_.empty(); }
  // Nothing lacks, and nothing is left.
  bool whole() const { return complete_ && over(); }

 private:
  Bytes rest_;
  bool complete_ = true;
};

inline std::string_view text_of(HelloFields::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline HelloFields::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace pforte::tls
