// A chunked body gives the same content, the same end and the same refusal however its bytes are cut, and what was
// decoded is encoded so that it decodes the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/chunked.h"

namespace {

using namespace pforte::http;

struct Outcome {
  std::string content;
  std::string_view refused;
  std::size_t consumed = 0;
  bool done = false;

  bool operator==(const Outcome&) const = default;
};

Outcome decode(ChunkedDecoder& decoder, std::string_view body, std::size_t step) {
  Outcome outcome;
  while (!outcome.done && outcome.consumed < body.size()) {
    std::string piece(body.substr(outcome.consumed, step));
    auto got = decoder.decode(piece);
    // How much of the content was seen before the refusal depends on the cut.
    if (!got) return {.content = {}, .refused = got.error().code};
    if (got->produced > got->consumed || got->consumed > piece.size()) std::abort();
    if (!got->done && got->consumed != piece.size()) std::abort();
    outcome.content += piece.substr(0, got->produced);
    outcome.consumed += got->consumed;
    outcome.done = got->done;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::size_t step = 1 + data[0] % 16U;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  ChunkedDecoder whole;
  ChunkedDecoder cut;
  Outcome outcome = decode(whole, body, std::max<std::size_t>(body.size(), 1));
  if (outcome != decode(cut, body, step) || whole.trailers() != cut.trailers()) std::abort();
  if (!outcome.done) return 0;

  std::string again;
  for (char c : outcome.content) again.append("1\r\n").append(1, c).append("\r\n");
  again += "0\r\n";
  for (const Field& field : whole.trailers()) again.append(field.name).append(":").append(field.value).append("\r\n");
  again += "\r\n";
  ChunkedDecoder second;
  Outcome copy = decode(second, again, step);
  if (!copy.done || copy.content != outcome.content || second.trailers() != whole.trailers()) std::abort();
  return 0;
}
