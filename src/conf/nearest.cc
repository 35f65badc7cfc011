#include "conf/nearest.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/ascii.h"

namespace pforte::conf {
namespace {

// Keys and commands are short; what is longer than this was not mistyped but is something else.
constexpr std::size_t kLongestWord = 64;

char folded(char c) {
  if (c == '-') return '_';
  return lower(c);
}

// Optimal string alignment distance, by its usual table of three rows.
std::size_t mistakes_between(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before_last(right.size() + 1), last(right.size() + 1), now(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;

  for (std::size_t i = 1; i <= left.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      char a = folded(left[i - 1]), b = folded(right[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a == b ? 0U : 1U)});
      bool swapped = i > 1 && j > 1 && a == folded(right[j - 2]) && b == folded(left[i - 2]);
      if (swapped) now[j] = std::min(now[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, now);
  }
  return last[right.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > kLongestWord) return std::nullopt;

  std::optional<std::string_view> best;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
    // Each letter too many is a mistake.
    if (longer - shorter >= fewest) continue;
    std::size_t mistakes = mistakes_between(word, candidate);
    // A word of two letters with one mistake has little left in common.
    if (mistakes >= fewest || mistakes >= candidate.size()) continue;
    fewest = mistakes;
    best = candidate;
  }
  return best;
}

}  // namespace pforte::conf
