#include "policy/path_refusal.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pforte::policy {

namespace {

// In the order of Oddity.
constexpr std::array<PathRefusal, kOddityCount> kOdd = {{
    {"path.encoded-slash", "an escaped slash (%2f)"},
    {"path.backslash", "a backslash, which some readers take for a slash"},
    {"path.encoded-backslash", "an escaped backslash (%5c)"},
    {"path.encoded-semicolon", "an escaped semicolon (%3b)"},
    {"path.empty-segment", "an empty segment (//), which some readers drop"},
    {"path.encoded-dots", "a dot segment in escapes (%2e%2e)"},
    {"path.dot-segment-parameter", "parameters behind a dot segment (..;)"},
    {"path.double-encoding", "an escape within an escape (%252f)"},
    {"path.invalid-utf8", "escapes that are not UTF-8"},
}};

constexpr std::array kOthers = {
    kNotAbsolute,      kForbiddenCharacter, kControl, kNul,       kMalformedEscape,  kPercentU,  kOverlongUtf8,
    kHiddenDotSegment, kAboveRoot,          kStream,  kLookalike, kManifoldEncoding, kSemicolon, kTrailingDot,
    kShortName,        kEncodedDelimiter,
};

constexpr auto kAll = [] {
  std::array<PathRefusal, kOdd.size() + kOthers.size()> all{};
  std::ranges::copy(kOthers, std::ranges::copy(kOdd, all.begin()).out);
  return all;
}();

}  // namespace

std::span<const PathRefusal> path_refusals() {
  return kAll;
}

const PathRefusal& refusal_of(Oddity oddity) {
  return kOdd.at(static_cast<std::size_t>(oddity));
}

}  // namespace pforte::policy
