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
  char* next = text.data();
  for (; bytes.size() >= 3; bytes.remove_prefix(3)) {
    unsigned bits =
        unsigned(std::uint8_t(bytes[0])) << 16 | unsigned(std::uint8_t(bytes[1])) << 8 | std::uint8_t(bytes[2]);
    *next++ = alphabet[bits >> 18];
    *next++ = alphabet[bits >> 12 & 63];
    *next++ = alphabet[bits >> 6 & 63];
    *next++ = alphabet[bits & 63];
  }
  if (bytes.empty()) return text;
  unsigned bits = unsigned(std::uint8_t(bytes[0])) << 16;
  if (bytes.size() == 2) bits |= unsigned(std::uint8_t(bytes[1])) << 8;
  *next++ = alphabet[bits >> 18];
  *next++ = alphabet[bits >> 12 & 63];
  if (bytes.size() == 2) *next = alphabet[bits >> 6 & 63];
  return text;
}

// The bytes of letters without padding.
std::optional<std::string> decode(std::string_view text, const Values& values) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes(text.size() * 6 / 8, '\0');
  char* next = bytes.data();
  unsigned every = 0;  // above 63 once a letter has no value
  auto value = [&](std::size_t at) {
    unsigned found = values[std::uint8_t(text[at])];
    every |= found;
    return found;
  };
  for (; text.size() >= 4; text.remove_prefix(4)) {
    unsigned bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
    *next++ = char(bits >> 16 & 0xff);
    *next++ = char(bits >> 8 & 0xff);
    *next++ = char(bits & 0xff);
  }
  unsigned superfluous = 0;  // bits that fill no byte
  if (!text.empty()) {
    unsigned bits = value(0) << 18 | value(1) << 12 | (text.size() == 3 ? value(2) << 6 : 0);
    *next++ = char(bits >> 16 & 0xff);
    if (text.size() == 3) *next = char(bits >> 8 & 0xff);
    superfluous = text.size() == 3 ? bits & 0xff : bits & 0xffff;
  }
  if (every > 63 || superfluous != 0) return std::nullopt;
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
