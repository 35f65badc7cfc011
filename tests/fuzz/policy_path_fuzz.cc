// However a backend of the profile reads the path that is forwarded, it lands under the rule that allowed it, and no
// longer rule's path would have decided. What is forwarded is judged the same again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "policy/path_rules.h"

namespace {

using namespace pforte::policy;

// A simple reader of paths, written without looking at ours. Each switch is something that some server does.
struct Reader {
  bool parameters_first;  // cut off before decoding, as Tomcat does
  bool parameters_last;   // cut off after decoding
  bool slash_decodes;     // an escaped slash separates
  bool backslash;         // is a slash
  bool merges;            // drops empty segments
  bool twice;             // decodes again
  bool windows;           // trailing dots and spaces, streams, a query in escapes
  bool folds;             // lower case

  std::string read(std::string_view path) const {
    std::string text = parameters_first ? without_parameters(std::string(path)) : std::string(path);
    text = decoded(text);
    if (twice) text = decoded(text);
    if (backslash) std::ranges::replace(text, '\\', '/');
    if (windows) text = text.substr(0, text.find_first_of("?#"));
    if (parameters_last) text = without_parameters(text);
    return resolved(text);
  }

  static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  std::string decoded(const std::string& text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      bool escape = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
      char c = escape ? static_cast<char>((hex(text[i + 1]) << 4) | hex(text[i + 2])) : text[i];
      if (escape) i += 2;
      // Kept apart from a real one.
      if (escape && c == '/' && !slash_decodes) c = '\x02';
      out += c;
    }
    return out;
  }

  static std::string without_parameters(const std::string& text) {
    std::string out;
    bool inside = false;
    for (char c : text) {
      if (c == ';') inside = true;
      if (c == '/') inside = false;
      if (!inside) out += c;
    }
    return out;
  }

  std::string name_of(std::string segment) const {
    if (segment == "." || segment == "..") return segment;
    if (windows) {
      segment = segment.substr(0, segment.find(':'));
      segment = segment.substr(0, segment.find_last_not_of(". ") + 1);
    }
    if (folds)
      std::ranges::transform(segment, segment.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    return segment;
  }

  std::string resolved(const std::string& text) const {
    std::vector<std::string> segments;
    std::size_t at = 0;
    while (at < text.size()) {
      std::size_t end = std::min(text.find('/', at + 1), text.size());
      std::string name = name_of(text.substr(at + 1, end - at - 1));
      at = end;
      if (name == "." || (name.empty() && merges)) continue;
      if (name != "..") {
        segments.push_back(name);
      } else if (!segments.empty()) {
        segments.pop_back();
      }
    }
    std::string out;
    for (const std::string& segment : segments) out += "/" + segment;
    return out;
  }
};

// Which of the rules decides on a path, by its plain text.
std::string_view longest(const std::vector<Rule>& rules, std::string_view path) {
  std::string_view found;
  for (const Rule& rule : rules) {
    std::string_view start = rule.path;
    if (start == "/") start = {};
    bool under = path.starts_with(start) && (path.size() == start.size() || path[start.size()] == '/');
    if (under && rule.path.size() > found.size()) found = rule.path;
  }
  return found;
}

std::vector<Rule> rules_of(unsigned choice) {
  Permits all;
  for (std::size_t i = 0; i < kOddityCount; ++i) all.add(static_cast<Oddity>(i));
  auto rule = [](std::string_view path, Permits permits) {
    Rule made;
    made.path = path;
    made.permits = permits;
    return made;
  };
  std::vector<Rule> rules = {rule("/webclient", {}), rule("/rest", all), rule("/rest/plain", {}),
                             rule("/rest/a/b", all)};
  if ((choice & 1) != 0) rules.push_back(rule("/", (choice & 2) != 0 ? all : Permits()));
  rules.push_back(rule("/admin", {}));
  if ((choice & 4) != 0) rules.back().effect = Rule::Effect::Deny;
  return rules;
}

std::vector<Reader> readers_of(PathProfile profile) {
  std::vector<Reader> readers;
  bool loose = profile != PathProfile::Tomcat;
  for (unsigned bits = 0; bits < 128; ++bits) {
    auto on = [&](unsigned bit) { return (bits >> bit & 1) != 0; };
    Reader reader{on(0), on(1), on(2), on(3), on(4), on(5), on(6), profile == PathProfile::Iis};
    if (!loose && (!reader.parameters_first || reader.windows)) continue;
    readers.push_back(reader);
  }
  return readers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto profile = static_cast<PathProfile>(data[0] % 3);
  const std::vector<Rule> rules = rules_of(data[0] / 3);
  const PathRules gate(rules, profile);
  std::string_view raw(reinterpret_cast<const char*>(data + 1), size - 1);

  const pforte::net::Address nobody;
  std::string scratch;
  Verdict verdict = gate.judge(raw, "GET", {.address = nobody}, scratch);
  if (verdict.kind != Verdict::Kind::Allowed) return 0;

  const std::string forward(verdict.path.forward);
  for (const Reader& reader : readers_of(profile)) {
    if (longest(rules, reader.read(forward)) != verdict.rule->path) std::abort();
  }

  std::string again;
  Verdict second = gate.judge(forward, "GET", {.address = nobody}, again);
  if (second.kind != Verdict::Kind::Allowed || second.path.forward != forward || second.rule != verdict.rule)
    std::abort();
  if (second.path.decision != verdict.path.decision || second.path.certain != verdict.path.certain) std::abort();
  return 0;
}
