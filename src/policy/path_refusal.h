#pragma once

#include <span>
#include <string_view>

#include "policy/permits.h"

namespace pforte::policy {

// Why a path is refused with 400. Both are literals; the code is stable ("path.encoded-slash").
struct PathRefusal {
  std::string_view code;
  std::string_view text;

  friend bool operator==(const PathRefusal&, const PathRefusal&) = default;
};

// Every refusal there is, for the handbook.
std::span<const PathRefusal> path_refusals();

// Why a path with this oddity is refused where no rule permits it.
const PathRefusal& refusal_of(Oddity oddity);

// Refused whatever is permitted.
inline constexpr PathRefusal kNotAbsolute = {"path.not-absolute", "the path does not begin with a slash"};
inline constexpr PathRefusal kForbiddenCharacter = {"path.character", "a character that must be escaped in a path"};
inline constexpr PathRefusal kControl = {"path.control", "a control character"};
inline constexpr PathRefusal kNul = {"path.nul", "an escaped NUL (%00), where some readers end the path"};
inline constexpr PathRefusal kMalformedEscape = {"path.malformed-escape", "a percent sign without two hex digits"};
inline constexpr PathRefusal kPercentU = {"path.percent-u",
                                          "an escape of the form %uXXXX, which readers take differently"};
inline constexpr PathRefusal kOverlongUtf8 = {"path.overlong-utf8", "overlong UTF-8, which can hide a slash or a dot"};
inline constexpr PathRefusal kHiddenDotSegment = {"path.hidden-dot-segment",
                                                  "a dot segment that only some readers would see"};
inline constexpr PathRefusal kAboveRoot = {"path.above-root", "dot segments that lead above the root"};
inline constexpr PathRefusal kStream = {"path.stream", "a colon, where Windows separates a file from its streams"};
inline constexpr PathRefusal kLookalike = {"path.lookalike",
                                           "a character that some readers take for an ASCII one, or for nothing"};
inline constexpr PathRefusal kManifoldEncoding = {"path.manifold-encoding",
                                                  "an escape that changes its meaning with every decoding"};

// Refused where a rule's path reaches as far.
inline constexpr PathRefusal kSemicolon = {"path.semicolon", "a semicolon, where some readers begin parameters"};
inline constexpr PathRefusal kTrailingDot = {"path.trailing-dot", "a dot or space that some readers cut off a segment"};
inline constexpr PathRefusal kShortName = {"path.short-name",
                                           "what Windows could take for the short name of another file"};
inline constexpr PathRefusal kEncodedDelimiter = {"path.encoded-delimiter",
                                                  "an escaped ? or #, where some readers end the path"};

}  // namespace pforte::policy
