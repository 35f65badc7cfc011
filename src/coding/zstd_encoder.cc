#include <zstd.h>

#include "coding/encoders.h"

namespace pforte::coding {

namespace {

constexpr int kZstdLevel = 3;
constexpr int kZstdWindow = 17;  // 128 KiB

struct ZstdRelease {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdEncoder final : public Encoder {
 public:
  explicit ZstdEncoder(ZSTD_CCtx* context) : context_(context) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, kZstdWindow);
  }

  Result<> encode(std::string_view piece, Then then, std::string& out) override {
    ZSTD_EndDirective end = ZSTD_e_continue;
    if (then == Then::Pauses) end = ZSTD_e_flush;
    if (then == Then::Ends) end = ZSTD_e_end;
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    bool done = false;
    while (!done) {
      std::size_t before = out.size();
      std::size_t said = 0;
      out.resize_and_overwrite(before + kOutputStep, [&](char* text, std::size_t size) {
        ZSTD_outBuffer room{text, size, before};
        said = ZSTD_compressStream2(context_.get(), &room, &in, end);
        return room.pos;
      });
      if (ZSTD_isError(said) != 0) return fail(Kind::Internal, "coding.failed", ZSTD_getErrorName(said));
      done = end == ZSTD_e_continue ? in.pos == in.size : said == 0;
    }
    return {};
  }

 private:
  std::unique_ptr<ZSTD_CCtx, ZstdRelease> context_;
};

}  // namespace

std::unique_ptr<Encoder> make_zstd_encoder() {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  return context == nullptr ? nullptr : std::make_unique<ZstdEncoder>(context);
}

}  // namespace pforte::coding
