#include "capture/block_reader.h"

namespace pforte::capture {

namespace {

constexpr std::size_t kWord = 4;
constexpr std::size_t kLeastBlock = 3 * kWord;

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < kWord; ++i) word |= std::uint32_t(std::uint8_t(bytes[at + i])) << (8 * i);
  return word;
}

}  // namespace

std::string_view BlockReader::Block::text() const {
  if (type != BlockType::Told || bytes.size() < kLeastBlock + kWord) return {};
  return bytes.substr(kLeastBlock, bytes.size() - kLeastBlock - kWord).substr(0, word_at(bytes, 2 * kWord));
}

void BlockReader::append(std::string_view bytes) {
  bytes_.erase(0, begin_);
  begin_ = 0;
  bytes_ += bytes;
}

Result<std::optional<BlockReader::Block>> BlockReader::next() {
  std::string_view rest = std::string_view(bytes_).substr(begin_);
  if (rest.size() < kLeastBlock) return std::nullopt;
  std::size_t length = word_at(rest, kWord);
  if (length < kLeastBlock || length > kMostBlock || length % kWord != 0)
    return fail(Kind::Invalid, "capture.block", "what the gate sends is no capture");
  if (rest.size() < length) return std::nullopt;
  if (word_at(rest, length - kWord) != length)
    return fail(Kind::Invalid, "capture.block", "what the gate sends is no capture");
  begin_ += length;
  return Block{.type = BlockType(word_at(rest, 0)), .bytes = rest.substr(0, length)};
}

}  // namespace pforte::capture
