#include "kerberos/der.h"

#include <cstddef>

namespace pforte::kerberos {

std::optional<DerElement> DerReader::take(std::uint8_t tag) {
  if (rest_.empty() || std::uint8_t(rest_.front()) != tag) return std::nullopt;
  return next();
}

std::optional<DerElement> DerReader::next() {
  if (rest_.size() < 2) return std::nullopt;
  auto byte = [&](std::size_t at) { return std::uint8_t(rest_[at]); };
  std::uint8_t tag = byte(0);
  if ((tag & 0x1f) == 0x1f) return std::nullopt;

  std::size_t length = byte(1), head = 2;
  if (length >= 0x80) {
    std::size_t bytes = length & 0x7f;
    if (bytes < 1 || bytes > 4 || rest_.size() < 2 + bytes || byte(2) == 0) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < bytes; ++i) length = (length << 8) | byte(2 + i);
    if (length < 0x80) return std::nullopt;
    head += bytes;
  }
  if (length > rest_.size() - head) return std::nullopt;

  DerElement element{tag, rest_.substr(head, length), rest_.substr(0, head + length)};
  rest_.remove_prefix(head + length);
  return element;
}

std::optional<std::string_view> der_only(std::string_view bytes, std::uint8_t tag) {
  DerReader reader(bytes);
  std::optional<DerElement> element = reader.take(tag);
  if (!element || !reader.at_end()) return std::nullopt;
  return element->content;
}

std::string der_element(std::uint8_t tag, std::initializer_list<std::string_view> content) {
  std::size_t length = 0;
  for (std::string_view piece : content) length += piece.size();
  std::string element(1, char(tag));
  if (length < 0x80) {
    element += char(length);
  } else {
    unsigned bytes = 1;
    while (length >> (8 * bytes) != 0) ++bytes;
    element += char(0x80 | bytes);
    while (bytes > 0) element += char(length >> (8 * --bytes));
  }
  for (std::string_view piece : content) element += piece;
  return element;
}

std::optional<std::int64_t> der_integer(std::string_view bytes) {
  std::optional<std::string_view> content = der_only(bytes, tag::kInteger);
  if (!content || content->empty() || content->size() > 5) return std::nullopt;
  bool negative = (std::uint8_t(content->front()) & 0x80) != 0;
  std::int64_t value = negative ? -1 : 0;
  for (char c : *content) value = value * 256 + std::uint8_t(c);
  return value;
}

}  // namespace pforte::kerberos
