#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace pforte::http {

// The head of a request that is refused for its Authorization, read to its end without that field: whoever asks is to
// be answered in their language, and browsers name it behind the ticket. Holds no more than a head may have besides.
class OverlongHead {
 public:
  explicit OverlongHead(const Limits& limits) : most_(limits.head_bytes) {}

  enum class State : std::uint8_t { Incomplete, Complete, TooLong };
  // The next bytes of the head, from its beginning. Not after Complete or TooLong: the rest is not looked at.
  State take(std::string_view bytes);

  // The lines that are complete by now, but for Authorization, as a head with its end. Ends all taking.
  std::string_view known();

  // How much is read of such a head in all: a ticket of 64 kB, and then some.
  static constexpr std::size_t kMostBytes = 256UZ * 1024;

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
  std::string text_;
  std::size_t line_ = 0;   // where the current line begins in text_
  bool dropping_ = false;  // the current line is Authorization
};

}  // namespace pforte::http
