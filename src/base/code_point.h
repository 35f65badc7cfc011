#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pforte {

// What stands at the beginning of some bytes that should be UTF-8.
struct CodePoint {
  enum class Form : std::uint8_t {
    Valid,
    Invalid,   // no UTF-8; perhaps of another character set
    Overlong,  // careless decoders make an ASCII character of it
  };

  Form form = Form::Invalid;
  char32_t value = 0;    // only if Valid
  std::size_t size = 1;  // bytes it takes
};

// Reads one code point from `bytes`: not empty, the first not ASCII; more than four are not looked at.
// Source: RFC 3629, section 3; Unicode 15, table 3-7.
CodePoint read_code_point(std::span<const std::uint8_t> bytes);

// Appends a code point as UTF-8.
void append_utf8(std::string& text, char32_t value);

}  // namespace pforte
