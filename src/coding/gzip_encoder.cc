#include <zlib.h>

#include "coding/encoders.h"

namespace pforte::coding {

namespace {

constexpr int kGzipLevel = 5;
constexpr int kGzipWindow = 15 + 16;  // 32 KiB, in the format of gzip (RFC 1952)
constexpr int kGzipMemory = 8;

class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() = default;
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;
  ~GzipEncoder() override {
    if (started_) deflateEnd(&stream_);
  }

  bool start() {
    started_ = deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, kGzipWindow, kGzipMemory, Z_DEFAULT_STRATEGY) == Z_OK;
    return started_;
  }

  Result<> encode(std::string_view piece, Then then, std::string& out) override {
    int flush = Z_NO_FLUSH;
    if (then == Then::Pauses) flush = Z_SYNC_FLUSH;
    if (then == Then::Ends) flush = Z_FINISH;
    // zlib only reads it.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      std::size_t before = out.size();
      int said = Z_OK;
      out.resize_and_overwrite(before + kOutputStep, [&](char* text, std::size_t size) {
        stream_.next_out = reinterpret_cast<Bytef*>(text + before);
        stream_.avail_out = static_cast<uInt>(size - before);
        said = deflate(&stream_, flush);
        return size - stream_.avail_out;
      });
      // Z_BUF_ERROR: there was nothing left to do.
      if (said == Z_STREAM_ERROR) return fail(Kind::Internal, "coding.failed", "zlib refuses to go on");
    } while (stream_.avail_out == 0);
    return {};
  }

 private:
  z_stream stream_{};
  bool started_ = false;
};

}  // namespace

std::unique_ptr<Encoder> make_gzip_encoder() {
  auto encoder = std::make_unique<GzipEncoder>();
  if (!encoder->start()) return nullptr;
  return encoder;
}

}  // namespace pforte::coding
