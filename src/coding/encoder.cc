#include "coding/encoder.h"

#include "coding/encoders.h"

namespace pforte::coding {

Result<std::unique_ptr<Encoder>> make_encoder(Coding coding) {
  std::unique_ptr<Encoder> made;
  if (coding == Coding::Gzip) made = make_gzip_encoder();
  if (coding == Coding::Br) made = make_brotli_encoder();
  if (coding == Coding::Zstd) made = make_zstd_encoder();
  if (!made) return fail(Kind::Internal, "coding.failed", "there is no memory to compress an answer");
  return made;
}

}  // namespace pforte::coding
