#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "doctor/path.h"

namespace pforte::doctor {

// What an examination of one path or of many has found.
struct Report {
  std::chrono::sys_seconds begun;
  std::chrono::milliseconds took{0};
  std::string version;  // of the program
  std::vector<const Path*> paths;

  Level worst() const;
};

struct ReportStyle {
  Language language = Language::English;
  bool color = false;
};

// For a terminal: first each path drawn on a line, with what breaks it and the remedy; below, all findings with what
// was seen, why it matters and the command that shows it by other means.
std::string report_text(const Report& report, const ReportStyle& style);

// {"ok": bool, "worst": level, "begun": RFC 3339, "took_ms": N, "version", "paths": [{subject, drawn, worst, hops:
// [{name, reached, worst}...], findings: [{id, level, hop, hop_name, clients: [...], seen, why, source, remedy,
// command, evidence:
// [{name, value}...]}...]}...]}, with a line end. "ok" is false when there is an error.
std::string report_json(const Report& report, Language language);

}  // namespace pforte::doctor
