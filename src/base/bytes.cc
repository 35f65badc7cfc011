#include "base/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pforte {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What each byte stands for; above every value: nothing.
constexpr std::uint8_t kNothing = 0xff;
using Values = std::array<std::uint8_t, 256>;

consteval Values values_of(std::string_view alphabet) {
  Values values;
  values.fill(kNothing);
  for (std::size_t i = 0; i < alphabet.size(); ++i) values[std::uint8_t(alphabet[i])] = std::uint8_t(i);
  return values;
}

constexpr Values kHexValues = values_of(kHexDigits);
constexpr Values kBase64Values = values_of(kBase64);
constexpr Values kBase64UrlValues = values_of(kBase64Url);

// The letters of `bytes`, without padding.
std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string text((bytes.size() * 8 + 5) / 6, '\0');
  std::uint32_t bits = 0;
  int count = 0;  // of bits that have no letter yet
  char* next = text.data();
  for (char byte : bytes) {
    bits = bits << 8 | std::uint8_t(byte);
    for (count += 8; count >= 6;) *next++ = alphabet[bits >> (count -= 6) & 63];
  }
  if (count > 0) *next = alphabet[bits << (6 - count) & 63];
  return text;
}

// The bytes of letters without padding.
std::optional<std::string> decode(std::string_view text, const Values& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes(text.size() * 6 / 8, '\0');
  std::uint32_t bits = 0;
  std::uint32_t every = 0;
  int count = 0;  // of bits that are no whole byte yet
  char* next = bytes.data();
  for (char letter : text) {
    std::uint8_t value = values[std::uint8_t(letter)];
    every |= value;
    bits = bits << 6 | (value & 63U);
    count += 6;
    if (count >= 8) *next++ = char(bits >> (count -= 8) & 0xff);
  }
  bool superfluous = (bits & ((1U << count) - 1)) != 0;
  if (every > 63 || superfluous) return std::nullopt;
  return bytes;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char byte : bytes) {
    text += kHexDigits[std::uint8_t(byte) >> 4];
    text += kHexDigits[std::uint8_t(byte) & 15];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned high = kHexValues[std::uint8_t(text[i])];
    unsigned low = kHexValues[std::uint8_t(text[i + 1])];
    if ((high | low) > 15) return std::nullopt;
    bytes += char(high << 4 | low);
  }
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  std::string text = encode(bytes, kBase64);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kBase64Values);
}

std::string to_base64url(std::string_view bytes) {
  return encode(bytes, kBase64Url);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode(text, kBase64UrlValues);
}

}  // namespace pforte
