// Blocks are the same however they arrive, each is as long as it says, and together they are what arrived.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "capture/block_reader.h"

namespace {

struct Outcome {
  std::string blocks, text;
  bool refused = false;
};

Outcome read_in_cuts(std::string_view bytes, std::size_t cut) {
  pforte::capture::BlockReader reader;
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size() && !outcome.refused; at += cut) {
    reader.append(bytes.substr(at, cut));
    for (;;) {
      auto block = reader.next();
      outcome.refused = !block;
      if (!block || !*block) break;
      if ((*block)->bytes.size() < 12 || (*block)->bytes.size() % 4 != 0) std::abort();
      if ((*block)->text().size() > (*block)->bytes.size()) std::abort();
      outcome.blocks += (*block)->bytes;
      outcome.text += (*block)->text();
    }
  }
  if (!outcome.refused && outcome.blocks.size() + reader.left() != bytes.size()) std::abort();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Outcome whole = read_in_cuts(bytes, size + 1);
  Outcome single = read_in_cuts(bytes, 1);
  if (whole.blocks != single.blocks || whole.text != single.text || whole.refused != single.refused) std::abort();
  if (!bytes.starts_with(whole.blocks)) std::abort();
  return 0;
}
