#pragma once

#include <memory>

#include "coding/encoder.h"

namespace pforte::coding {

// Null when memory is short.
std::unique_ptr<Encoder> make_gzip_encoder();
std::unique_ptr<Encoder> make_brotli_encoder();
std::unique_ptr<Encoder> make_zstd_encoder();

// By how much `out` grows at a time.
inline constexpr std::size_t kOutputStep = 16UZ * 1024;

}  // namespace pforte::coding
