#include "policy/path.h"

#include <array>

#include "policy/path_survey.h"

namespace pforte::policy {

namespace {

constexpr std::array<std::string_view, 3> kProfileNames = {"generic", "tomcat", "iis"};

// Bytes that mean themselves to every reader, except for slashes and dots, whose neighbours matter.
constexpr std::array<bool, 256> plain_bytes(std::string_view marks) {
  std::array<bool, 256> plain{};
  for (unsigned c = 'a'; c <= 'z'; ++c) plain[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) plain[c] = true;
  for (unsigned c = '0'; c <= '9'; ++c) plain[c] = true;
  for (char c : marks) plain[static_cast<unsigned char>(c)] = true;
  return plain;
}
constexpr auto kPlain = plain_bytes("-_!$&'()*+,=@");
constexpr auto kPlainOnTomcat = plain_bytes("-_!$&'()*+,=@~:");

// Whether the path means what it says: no escape, no parameters, no dot segment, nothing that a survey would find.
bool is_plain(std::string_view path, PathProfile profile) {
  bool loose = profile != PathProfile::Tomcat;
  const auto& plain = loose ? kPlain : kPlainOnTomcat;
  char before = 0;
  for (char c : path) {
    if (!plain[static_cast<unsigned char>(c)]) {
      if (c == '/') {
        if (before == '/' || (loose && before == '.')) return false;
      } else if (c != '.' || before == '/') {
        return false;
      }
    }
    before = c;
  }
  return !(loose && before == '.');
}

// Appends `path` without its dot segments. False if they lead above the root.
// Source: RFC 3986, section 5.2.4.
bool resolve_dot_segments(std::string_view path, std::string& out) {
  std::string_view rest = path.substr(1);
  for (bool is_last = false; !is_last;) {
    std::size_t slash = rest.find('/');
    is_last = slash == rest.npos;
    std::string_view segment = rest.substr(0, slash);
    int dots = dot_segment(segment).dots;
    if (dots == 2) {
      if (out.empty()) return false;
      out.erase(out.rfind('/'));
    } else if (dots == 0) {
      out += '/';
      out += segment;
    }
    if (is_last && dots > 0) out += '/';
    if (!is_last) rest.remove_prefix(slash + 1);
  }
  return true;
}

}  // namespace

std::string_view profile_name(PathProfile profile) {
  return kProfileNames.at(static_cast<std::size_t>(profile));
}

std::optional<PathProfile> profile_named(std::string_view name) {
  for (std::size_t i = 0; i < kProfileNames.size(); ++i) {
    if (kProfileNames.at(i) == name) return static_cast<PathProfile>(i);
  }
  return {};
}

std::expected<JudgedPath, PathRefusal> read_path(std::string_view raw, PathProfile profile, Permits permits,
                                                 std::string& scratch) {
  if (!raw.starts_with('/')) return std::unexpected(kNotAbsolute);
  JudgedPath path;
  path.forward = path.decision = raw;
  path.certain = raw.size();
  if (is_plain(raw, profile)) return path;

  // Neither the resolved path nor its meaning is longer than what came, so `scratch` does not move any more.
  scratch.clear();
  scratch.reserve(2 * raw.size());
  PathSurvey survey(raw, profile, permits, scratch);
  if (const PathRefusal* refusal = survey.run()) return std::unexpected(*refusal);
  if (!survey.has_dot_segments()) {
    survey.report(path);
    return path;
  }

  scratch.clear();
  if (!resolve_dot_segments(raw, scratch)) return std::unexpected(kAboveRoot);
  path.forward = std::string_view(scratch);
  PathSurvey resolved(path.forward, profile, permits, scratch);
  if (const PathRefusal* refusal = resolved.run()) return std::unexpected(*refusal);
  resolved.report(path);
  path.oddities.add(survey.oddities());
  return path;
}

}  // namespace pforte::policy
