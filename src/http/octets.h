#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace pforte::http {

// Which bytes may stand where. A byte may be of several classes.
enum class Octet : std::uint8_t {
  Token = 1,  // RFC 9110, 5.6.2
  Path = 2,   // of a target (RFC 3986, 3.3), and '|', '[' and ']', which browsers do not encode, and '\\', which
              // the path gate judges
  Query = 4,  // of a target (RFC 3986, 3.4), and '|', '[', ']', '\', '^', '`', '{' and '}', for the same reason
  Host = 8,   // letters, digits, '-', '.', '_' and '~': no percent-encodings, no sub-delims
  Digit = 16,
  Hex = 32,
  Space = 64,  // space and tab
};

namespace detail {

consteval std::array<std::uint8_t, 256> octet_classes() {
  std::array<std::uint8_t, 256> classes{};
  auto mark = [&](std::string_view bytes, Octet octet) {
    for (char c : bytes) classes[static_cast<std::uint8_t>(c)] |= static_cast<std::uint8_t>(octet);
  };
  constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (Octet octet : {Octet::Token, Octet::Path, Octet::Query, Octet::Host}) mark(kAlphanumeric, octet);
  mark("!#$%&'*+-.^_`|~", Octet::Token);
  mark("-._~!$&'()*+,;=:@%/|[]\\", Octet::Path);
  mark("-._~!$&'()*+,;=:@%/?|[]\\^`{}", Octet::Query);
  mark("-._~", Octet::Host);
  mark("0123456789", Octet::Digit);
  mark("0123456789abcdefABCDEF", Octet::Hex);
  mark(" \t", Octet::Space);
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> kOctetClasses = octet_classes();

}  // namespace detail

constexpr bool is(Octet octet, char c) {
  return (detail::kOctetClasses[static_cast<std::uint8_t>(c)] & static_cast<std::uint8_t>(octet)) != 0;
}
constexpr bool is_token_char(char c) {
  return is(Octet::Token, c);
}
constexpr bool is_digit(char c) {
  return is(Octet::Digit, c);
}
constexpr bool is_space(char c) {
  return is(Octet::Space, c);
}

// Not allowed in a head, but for CR and LF in their place: everything below space other than tab, and DEL.
constexpr bool is_control(char c) {
  auto byte = static_cast<std::uint8_t>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

// Index of the first byte at or after `from` that is not of the class; the size of `text` if all are.
inline std::size_t find_not(Octet octet, std::string_view text, std::size_t from = 0) {
  while (from < text.size() && is(octet, text[from])) ++from;
  return from;
}

// Index of the first control character at or after `from`; the size of `text` if there is none.
inline std::size_t find_control(std::string_view text, std::size_t from) {
#ifdef __SSE2__
  const __m128i last_control = _mm_set1_epi8(0x1f);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7f);
  for (; from + 16 <= text.size(); from += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    __m128i bad = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), low), _mm_cmpeq_epi8(bytes, del));
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(bad));
    if (mask != 0) return from + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  while (from < text.size() && !is_control(text[from])) ++from;
  return from;
}

// Index behind the first line that has nothing but CR and LF; 0 if there is none. What ends the line before it is an
// LF.
inline std::size_t find_empty_line(std::string_view text) {
  auto is_end = [text](std::size_t lf) { return text[lf] == '\n' && text[lf + 1] == '\r' && text[lf + 2] == '\n'; };
  std::size_t at = 0;
#ifdef __SSE2__
  // Sixteen bytes and those two further on; the last block ends with the text.
  constexpr std::size_t kBlock = 18;
  const __m128i lf = _mm_set1_epi8('\n');
  auto lfs = [&](std::size_t from) {
    return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from)), lf);
  };
  while (text.size() >= kBlock) {
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(lfs(at), lfs(at + 2))));
    for (; mask != 0; mask &= mask - 1) {
      std::size_t found = at + static_cast<std::size_t>(std::countr_zero(mask));
      if (is_end(found)) return found + 3;
    }
    if (at + kBlock == text.size()) return 0;
    at = std::min(at + 16, text.size() - kBlock);
  }
#endif
  for (; at + 2 < text.size(); ++at) {
    if (is_end(at)) return at + 3;
  }
  return 0;
}

}  // namespace pforte::http
