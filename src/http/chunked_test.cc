#include "http/chunked.h"

#include <doctest/doctest.h>

#include <string>

#include "http/refusal.h"

namespace pforte::http {
namespace {

struct Decoded {
  std::string content;
  std::size_t consumed = 0;
  bool done = false;
  std::string_view refused;
};

// Feeds `body` in pieces of `step` bytes, the first of `first` bytes.
Decoded decode(ChunkedDecoder& decoder, std::string_view body, std::size_t first, std::size_t step) {
  Decoded outcome;
  for (std::size_t size = first; !outcome.done && outcome.consumed < body.size(); size = step) {
    std::string piece(body.substr(outcome.consumed, size));
    std::expected<ChunkedDecoder::Step, Refusal> got = decoder.decode(piece);
    if (!got) {
      outcome.refused = got.error().code;
      return outcome;
    }
    CHECK((got->done || got->consumed == piece.size()));
    CHECK(std::string_view(piece).substr(got->consumed) == body.substr(outcome.consumed, size).substr(got->consumed));
    outcome.content += piece.substr(0, got->produced);
    outcome.consumed += got->consumed;
    outcome.done = got->done;
  }
  return outcome;
}

struct Good {
  std::string body, content;
  Fields trailers;
};

TEST_CASE("a chunked body reads the same in every cut, and no further than its end") {
  const Good rows[] = {
      {"0\r\n\r\n", "", {}},
      {"000\r\n\r\n", "", {}},
      {"5\r\nhello\r\n0\r\n\r\n", "hello", {}},
      {"5\r\nhello\r\n00c\r\n, wide world\r\n0\r\n\r\n", "hello, wide world", {}},
      {"A\r\n0123456789\r\n9\r\n\r\n0\r\n\r\nab\r\n0\r\n\r\n", "0123456789\r\n0\r\n\r\nab", {}},
      {"1;a\r\nx\r\n0;b=c;d=\"e;\\\"\\\\\t\xe4\"\r\n\r\n", "x", {}},
      {"1;a=\"\";b\r\nx\r\n0\r\n\r\n", "x", {}},
      {"1\r\nx\r\n0\r\nDigest: a\r\ndate:  b \r\n\r\n",
       "x",
       {{"Digest", "a", FieldName::Other}, {"date", "b", FieldName::Date}}},
  };
  for (const Good& row : rows) {
    CAPTURE(row.body);
    ChunkedDecoder decoder;
    for (std::size_t first = 1; first <= row.body.size(); ++first) {
      for (std::size_t step : {std::size_t{1}, std::size_t{3}, row.body.size() + 20}) {
        CAPTURE(first);
        CAPTURE(step);
        decoder.reset();
        Decoded outcome = decode(decoder, row.body + "GET / HTTP/1.1\r\n", first, step);
        CHECK(outcome.refused.empty());
        CHECK(outcome.done);
        CHECK(outcome.content == row.content);
        CHECK(outcome.consumed == row.body.size());
        CHECK(decoder.trailers() == row.trailers);
      }
    }
  }
}

TEST_CASE("a chunked body is refused at the first byte that is wrong, in every cut") {
  struct Row {
    std::string body;
    Refusal why;
  };
  const std::string long_name(251, 'n');
  std::string many_extensions;
  for (int i = 0; i < 40; ++i) many_extensions += "1;" + long_name + "\r\nx\r\n";
  const Row rows[] = {
      {"\r\n", refusal::kChunkSize},
      {"\n", refusal::kChunkSize},
      {"g\r\n", refusal::kChunkSize},
      {"0x5\r\n", refusal::kChunkSize},
      {"+5\r\n", refusal::kChunkSize},
      {"-5\r\n", refusal::kChunkSize},
      {" 5\r\n", refusal::kChunkSize},
      {"5 \r\n", refusal::kChunkSize},
      {"5\t\r\n", refusal::kChunkSize},
      {"5 ;a\r\n", refusal::kChunkSize},
      {";a\r\n", refusal::kChunkSize},
      {"8000000000000000\r\n", refusal::kChunkSize},
      {"10000000000000005\r\n", refusal::kChunkSize},
      {"ffffffffffffffff\r\n", refusal::kChunkSize},
      {std::string(257, '0'), refusal::kChunkLine},
      {"5\n", refusal::kBareLf},
      {"5\r5", refusal::kBareCr},
      {"5;a\n", refusal::kBareLf},
      {"5;a\ra", refusal::kBareCr},
      {"5;\r\n", refusal::kChunkExtension},
      {"5;=a\r\n", refusal::kChunkExtension},
      {"5;a=\r\n", refusal::kChunkExtension},
      {"5;a b\r\n", refusal::kChunkExtension},
      {"5; a\r\n", refusal::kChunkExtension},
      {"5;a =b\r\n", refusal::kChunkExtension},
      {"5;a= b\r\n", refusal::kChunkExtension},
      {"5;a=\"b\r\n", refusal::kChunkExtension},
      {"5;a=\"b\n", refusal::kChunkExtension},
      {"5;a=\"\\\n", refusal::kChunkExtension},
      {"5;a=\"b\"c\r\n", refusal::kChunkExtension},
      {"5;a=b\"c\"\r\n", refusal::kChunkExtension},
      {"5;a,b\r\n", refusal::kChunkExtension},
      {"5;" + std::string(256, 'a') + "\r\n", refusal::kChunkLine},
      {many_extensions, refusal::kChunkExtension},
      {"1\r\nxx\r\n", refusal::kChunkEnd},
      {"1\r\nx\n", refusal::kChunkEnd},
      {"1\r\nx\rx", refusal::kChunkEnd},
      {"1\r\nx0\r\n", refusal::kChunkEnd},
      {"0\r\n\n", refusal::kBareLf},
      {"0\r\nA: b\n", refusal::kBareLf},
      {"0\r\nA: b\rc: d\r\n\r\n", refusal::kBareCr},
      {"0\r\nA : b\r\n\r\n", refusal::kSpaceBeforeColon},
      {"0\r\nA: b\r\n c\r\n\r\n", refusal::kObsFold},
      {"0\r\nGET / HTTP/1.1\r\n\r\n", refusal::kNoColon},
      {std::string("0\r\nA: \0\r\n\r\n", 11), refusal::kControl},
      {"0\r\nA: " + std::string(8200, 'b'), refusal::kTrailersTooLarge},
      {"0\r\nContent-Length: 5\r\n\r\n", refusal::kTrailerField},
      {"0\r\nTransfer-Encoding: chunked\r\n\r\n", refusal::kTrailerField},
      {"0\r\nHost: h\r\n\r\n", refusal::kTrailerField},
      {"0\r\nAuthorization: a\r\n\r\n", refusal::kTrailerField},
      {"0\r\nCookie: a\r\n\r\n", refusal::kTrailerField},
      {"0\r\nX-Forwarded-For: a\r\n\r\n", refusal::kTrailerField},
      {"0\r\nConnection: close\r\n\r\n", refusal::kTrailerField},
      {"0\r\nContent-Encoding: gzip\r\n\r\n", refusal::kTrailerField},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    for (std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, row.body.size()}) {
      CAPTURE(step);
      ChunkedDecoder decoder;
      CHECK(decode(decoder, row.body, step, step).refused == row.why.code);
    }
  }
}

TEST_CASE("the largest chunk is 2^63 - 1 bytes") {
  ChunkedDecoder decoder;
  Decoded outcome = decode(decoder, "7fffffffffffffff\r\nabc", 30, 30);
  CHECK(outcome.content == "abc");
  CHECK_FALSE(outcome.done);
}

TEST_CASE("a backend's malformed chunk is a 502") {
  ChunkedDecoder decoder(Sender::Backend);
  std::string body = "x";
  CHECK(decoder.decode(body).error().status == 502);
}

}  // namespace
}  // namespace pforte::http
