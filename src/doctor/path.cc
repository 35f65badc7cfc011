#include "doctor/path.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "doctor/redaction.h"

namespace pforte::doctor {
namespace {

std::string_view mark_of(const Path& path, std::size_t hop) {
  if (!path.is_looked_at(hop)) return "";
  switch (path.worst_of(hop)) {
    case Level::Ok:
    case Level::Note:
      return " ✓";
    case Level::Warning:
      return " !";
    case Level::Error:
      return " ✗";
  }
  std::unreachable();
}

Message redacted_name(const Message& name) {
  return {redacted(name.en), redacted(name.de)};
}

}  // namespace

Path::Path(std::string_view subject, std::vector<Hop> hops) : subject_(redacted(subject)), hops_(std::move(hops)) {
  for (Hop& hop : hops_) hop.name = redacted_name(hop.name);
}

std::size_t Path::append(const Message& name) {
  hops_.push_back({.name = redacted_name(name)});
  return hops_.size() - 1;
}

void Path::insert(std::size_t before, const Message& name) {
  hops_.insert(hops_.begin() + static_cast<std::ptrdiff_t>(before), {.name = redacted_name(name)});
  for (Finding& finding : findings_) finding.hop += finding.hop >= before ? 1 : 0;
}

void Path::reach(std::size_t hop) {
  hops_[hop].reached = true;
}

void Path::tell(Finding finding) {
  reach(finding.hop);
  redact(finding);
  findings_.push_back(std::move(finding));
}

std::vector<const Finding*> Path::in_order() const {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings_.size());
  for (const Finding& finding : findings_) sorted.push_back(&finding);
  // Those that are alike stay as they were told: they stand so in memory.
  std::ranges::sort(sorted, [](const Finding* one, const Finding* other) {
    if (one->hop != other->hop) return one->hop < other->hop;
    return one->level != other->level ? one->level > other->level : one < other;
  });
  return sorted;
}

const Finding* Path::first_error() const {
  for (const Finding* finding : in_order()) {
    if (finding->level == Level::Error) return finding;
  }
  return nullptr;
}

Level Path::worst() const {
  Level worst = Level::Ok;
  for (const Finding& finding : findings_) worst = std::max(worst, finding.level);
  return worst;
}

Level Path::worst_of(std::size_t hop) const {
  Level worst = Level::Ok;
  for (const Finding& finding : findings_) {
    if (finding.hop == hop) worst = std::max(worst, finding.level);
  }
  return worst;
}

bool Path::is_looked_at(std::size_t hop) const {
  return std::ranges::find(findings_, hop, &Finding::hop) != findings_.end();
}

std::string drawn(const Path& path, Language language) {
  std::string line;
  for (std::size_t hop = 0; hop < path.hops().size(); ++hop) {
    if (hop > 0) line += " → ";
    line += cat(path.hops()[hop].name.in(language), mark_of(path, hop));
  }
  return line;
}

}  // namespace pforte::doctor
