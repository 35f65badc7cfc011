#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "policy/path_refusal.h"
#include "policy/permits.h"

namespace pforte::policy {

// How a backend reads the path of a request.
enum class PathProfile : std::uint8_t {
  // RFC 3986, case-sensitive. In front of a backend we know nothing about, so whatever some reader could take
  // differently counts as doubtful.
  Generic,
  // Tomcat, Undertow, JBoss: ";name=value" is cut off each segment, then escapes are decoded once as UTF-8, then
  // dot segments are resolved. Case-sensitive.
  Tomcat,
  // IIS and what else stands on Windows: case-insensitive, %uXXXX is an escape, dots and spaces at the end of a
  // segment do not count, short names and streams exist.
  Iis,
};

// The name in the configuration: "generic", "tomcat", "iis".
std::string_view profile_name(PathProfile profile);
std::optional<PathProfile> profile_named(std::string_view name);

// A path that was understood.
struct JudgedPath {
  // What goes to the backend: the bytes as sent, except that dot segments are resolved.
  std::string_view forward;

  // What it means: decoded, parameters cut off. Views into the raw path where nothing had to change, else into scratch.
  std::string_view decision;

  // Where readers begin to differ: all agree on the first `certain` bytes of `decision`. Its size if they agree on all.
  std::size_t certain = 0;

  // At `certain` readers disagree about more than whether the segment ends there.
  bool anything_may_follow = false;

  // What they differ about; empty if they agree.
  PathRefusal doubt;

  // The oddities it has: whoever lets it through must permit all of them.
  Permits oddities;
};

// Reads the path of a request (no query) as a backend of this profile will.
//
// Refused are paths that no rule can permit and those with an oddity that `permits` does not have. What is left has
// no dot segment in any reading: plain ones are resolved in `forward`, hidden ones (..%2f, %252e%252e) are refused
// whatever is permitted. So readers can differ only in where segments end and how names are spelled, and `certain`
// says from where on. Whoever decides must not depend on anything behind it: PathRules does that.
//
// A plain path costs one pass and no allocation. `scratch` keeps what had to be rewritten; the views die with it.
// Source: RFC 3986, sections 3.3, 5.2.4 and 6.2.2.
std::expected<JudgedPath, PathRefusal> read_path(std::string_view raw, PathProfile profile, Permits permits,
                                                 std::string& scratch);

}  // namespace pforte::policy
