#include <brotli/encode.h>

#include "coding/encoders.h"

namespace pforte::coding {

namespace {

constexpr std::uint32_t kBrotliQuality = 4;
constexpr std::uint32_t kBrotliWindow = 17;  // 128 KiB

struct BrotliRelease {
  void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }
};

class BrotliEncoder final : public Encoder {
 public:
  explicit BrotliEncoder(BrotliEncoderState* state) : state_(state) {
    BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, kBrotliQuality);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, kBrotliWindow);
  }

  Result<> encode(std::string_view piece, Then then, std::string& out) override {
    BrotliEncoderOperation operation = BROTLI_OPERATION_PROCESS;
    if (then == Then::Pauses) operation = BROTLI_OPERATION_FLUSH;
    if (then == Then::Ends) operation = BROTLI_OPERATION_FINISH;
    const auto* in = reinterpret_cast<const std::uint8_t*>(piece.data());
    std::size_t left = piece.size();
    std::size_t ready = 0;
    do {
      // None is given: the encoder keeps what is ready until it is taken. It goes on only then, so that the last call
      // is the one that brings nothing.
      std::size_t room = 0;
      std::uint8_t* nowhere = nullptr;
      if (!BrotliEncoderCompressStream(state_.get(), operation, &left, &in, &room, &nowhere, nullptr))
        return fail(Kind::Internal, "coding.failed", "brotli refuses to go on");
      ready = 0;
      const std::uint8_t* bytes = BrotliEncoderTakeOutput(state_.get(), &ready);
      out.append(reinterpret_cast<const char*>(bytes), ready);
    } while (left > 0 || ready > 0);
    return {};
  }

 private:
  std::unique_ptr<BrotliEncoderState, BrotliRelease> state_;
};

}  // namespace

std::unique_ptr<Encoder> make_brotli_encoder() {
  BrotliEncoderState* state = BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
  return state == nullptr ? nullptr : std::make_unique<BrotliEncoder>(state);
}

}  // namespace pforte::coding
