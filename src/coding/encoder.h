#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "coding/coding.h"

namespace pforte::coding {

// A body in pieces, compressed as it comes. Levels are such that the network remains the slower one: gzip 5, br 4,
// zstd 3; windows of 32 KiB, 128 KiB and 128 KiB (RFC 9659 allows 8 MiB).
class Encoder {
 public:
  // Most that one encoder holds, whatever comes: bytes. A test holds it to that.
  static constexpr std::size_t kMostMemory = 2304UZ * 1024;

  enum class Then : std::uint8_t {
    Goes,    // more comes: what is given out is up to the encoder
    Pauses,  // all that was taken can be read from what was given out
    Ends,    // nothing comes any more
  };

  virtual ~Encoder() = default;

  // Takes a piece, and puts what is ready at the end of `out`. Fails with Kind::Internal when memory is short.
  virtual Result<> encode(std::string_view piece, Then then, std::string& out) = 0;
};

// Not for Identity. Fails with Kind::Internal when memory is short.
Result<std::unique_ptr<Encoder>> make_encoder(Coding coding);

}  // namespace pforte::coding
