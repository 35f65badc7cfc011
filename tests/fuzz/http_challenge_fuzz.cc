// Challenges come one after the other, nothing but separators stands between them, and each read alone is itself.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "http/challenge.h"

using namespace pforte::http;

namespace {

bool is_separator_only(std::string_view text) {
  return text.find_first_not_of(" \t,") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view value(reinterpret_cast<const char*>(data), size);
  std::string_view rest = value;
  std::size_t end = 0;
  while (std::optional<Challenge> next = next_challenge(rest)) {
    auto begin = static_cast<std::size_t>(next->text.data() - value.data());
    bool in_order = begin >= end && begin + next->text.size() <= size && !next->text.empty();
    if (!in_order || !is_separator_only(value.substr(end, begin - end))) std::abort();
    end = begin + next->text.size();
    if (!next->text.starts_with(next->scheme)) std::abort();
    std::string_view alone = next->text;
    if (next_challenge(alone) != next || next_challenge(alone)) std::abort();
  }
  if (!is_separator_only(value.substr(end))) std::abort();
  return 0;
}
