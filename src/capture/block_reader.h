#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "capture/pcapng.h"

namespace pforte::capture {

// Takes the blocks of a capture out of what arrives of it, in any cut. Of each only the frame is looked at.
class BlockReader {
 public:
  // More than any block of ours.
  static constexpr std::size_t kMostBlock = 1UZ << 20;

  struct Block {
    BlockType type;
    std::string_view bytes;  // all of it; valid until more is appended

    // What a block of BlockType::Told says; empty where it is none.
    std::string_view text() const;
  };

  void append(std::string_view bytes);

  // The next block that is whole; none: more is needed. Fails with Kind::Invalid for what is no block, or longer than
  // kMostBlock.
  Result<std::optional<Block>> next();

  // Bytes of a block that is not whole.
  std::size_t left() const { return bytes_.size() - begin_; }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;  // of what has not been read
};

}  // namespace pforte::capture
