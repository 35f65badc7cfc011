#include "coding/encoder.h"

#include <brotli/decode.h>
#include <doctest/doctest.h>
#include <malloc.h>
#include <zlib.h>
#include <zstd.h>

#include <random>

namespace pforte::coding {
namespace {

// Readers of the libraries themselves, which give what there is of a body that goes on.

std::string decoded_gzip(std::string_view coded, std::string text) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = static_cast<uInt>(coded.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  inflate(&stream, Z_SYNC_FLUSH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

std::string decoded_br(std::string_view coded, std::string text) {
  BrotliDecoderState* state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  std::size_t left = coded.size();
  std::size_t room = text.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(coded.data());
  auto* out = reinterpret_cast<std::uint8_t*>(text.data());
  BrotliDecoderDecompressStream(state, &left, &in, &room, &out, nullptr);
  text.resize(text.size() - room);
  BrotliDecoderDestroyInstance(state);
  return text;
}

std::string decoded_zstd(std::string_view coded, std::string text) {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ZSTD_inBuffer in{coded.data(), coded.size(), 0};
  ZSTD_outBuffer out{text.data(), text.size(), 0};
  std::size_t before = 0;
  do {
    before = out.pos + in.pos;
    REQUIRE(ZSTD_isError(ZSTD_decompressStream(context, &out, &in)) == 0);
  } while (out.pos + in.pos > before);
  text.resize(out.pos);
  ZSTD_freeDCtx(context);
  return text;
}

std::string decoded(Coding coding, std::string_view coded) {
  std::string room(4UZ << 20, '\0');
  if (coding == Coding::Gzip) return decoded_gzip(coded, std::move(room));
  if (coding == Coding::Br) return decoded_br(coded, std::move(room));
  return decoded_zstd(coded, std::move(room));
}

constexpr Coding kCodings[] = {Coding::Br, Coding::Zstd, Coding::Gzip};

std::unique_ptr<Encoder> encoder_of(Coding coding) {
  auto made = make_encoder(coding);
  REQUIRE(made);
  return *std::move(made);
}

std::string text_like_pages(std::size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) text += "<td class=\"c\">" + std::to_string(random() % 100'000) + "</td>\n";
  return text;
}

}  // namespace

TEST_CASE("what was compressed in pieces of any size is what was given") {
  std::string text = text_like_pages(300'000);
  for (Coding coding : kCodings) {
    for (std::size_t step : {1UZ << 20, 16'384UZ, 997UZ}) {
      CAPTURE(name_of(coding));
      CAPTURE(step);
      auto encoder = encoder_of(coding);
      std::string out;
      for (std::size_t at = 0; at < text.size(); at += step) {
        bool last = at + step >= text.size();
        auto then = last ? Encoder::Then::Ends : Encoder::Then::Goes;
        CHECK(encoder->encode(std::string_view(text).substr(at, step), then, out));
      }
      CHECK(out.size() < text.size() / 2);
      bool same = decoded(coding, out) == text;
      CHECK(same);
    }
  }
}

TEST_CASE("an empty body is a complete one in every coding") {
  for (Coding coding : kCodings) {
    CAPTURE(name_of(coding));
    std::string out;
    CHECK(encoder_of(coding)->encode({}, Encoder::Then::Ends, out));
    CHECK_FALSE(out.empty());
    CHECK(decoded(coding, out).empty());
  }
}

TEST_CASE("before a pause everything can be read that was taken") {
  for (Coding coding : kCodings) {
    CAPTURE(name_of(coding));
    auto encoder = encoder_of(coding);
    std::string out;
    std::string expected;
    for (int i = 0; i < 5; ++i) {
      std::string event = "data: " + std::to_string(i) + "\n\n";
      expected += event;
      CHECK(encoder->encode(event, Encoder::Then::Goes, out));
      CHECK(encoder->encode({}, Encoder::Then::Pauses, out));
      CHECK(decoded(coding, out) == expected);
    }
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("an encoder holds no more than it says, whatever comes") {
  std::mt19937 random(2);
  std::string noise(8UZ << 20, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  std::string text = text_like_pages(8UZ << 20);
  auto held = [] {
    struct mallinfo2 now = mallinfo2();
    return now.uordblks + now.hblkhd;
  };
  for (Coding coding : kCodings) {
    for (const std::string& body : {noise, text}) {
      CAPTURE(name_of(coding));
      std::size_t before = held();
      std::size_t most = 0;
      auto encoder = encoder_of(coding);
      std::string out;
      out.reserve(1UZ << 20);
      std::size_t own = held();
      for (std::size_t at = 0; at < body.size(); at += 16'384) {
        out.clear();
        CHECK(encoder->encode(std::string_view(body).substr(at, 16'384), Encoder::Then::Goes, out));
        most = std::max(most, held() - before);
      }
      MESSAGE(name_of(coding) << " holds " << (most - (1UZ << 20)) / 1024 << " KiB, at first "
                              << (own - before) / 1024);
      CHECK(out.capacity() <= 1UZ << 20);
      CHECK(most - (1UZ << 20) < Encoder::kMostMemory);
    }
  }
}
#endif

}  // namespace pforte::coding
