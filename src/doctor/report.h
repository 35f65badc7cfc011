#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "doctor/path.h"
#include "doctor/responsible.h"

namespace pforte::doctor {

// What an examination of one path or of many has found.
struct Report {
  std::chrono::sys_seconds begun;
  std::chrono::milliseconds took{0};
  std::string version;  // of the program
  std::vector<const Path*> paths;
  std::vector<Responsible> responsible = {};  // for hops of theirs
  std::string config = {};                    // the file that was named by --config; empty: none was

  Level worst() const;
  // Those that are worse first, else as they were examined.
  std::vector<const Path*> worst_first() const;
  // How many findings of a level there are.
  std::size_t count(Level level) const;
  // To paste: a command of ours goes by the same configuration as this examination.
  std::string command_of(const Finding& finding) const;
};

struct ReportStyle {
  Language language = Language::English;
  bool color = false;
  bool verbose = false;      // what holds and what is merely noted as well
  std::size_t columns = 80;  // longer lines are broken, but for commands, which are there to be copied
};

// For a terminal: first each path drawn on a line, the worst first, with what breaks it and the remedy, no more than a
// screen of them; below, all findings with what was seen, why it matters and the command that shows it by other means.
std::string report_text(const Report& report, const ReportStyle& style);

// One page for a browser or a printer, to be handed to a colleague or a vendor: needs nothing else, runs nothing, and
// its policy keeps it so.
std::string report_html(const Report& report, Language language);

// {"ok": bool, "worst": level, "begun": RFC 3339, "took_ms": N, "version", "paths": [{subject, drawn, worst, hops:
// [{name, reached, worst, responsible}...], findings: [{id, level, hop, hop_name, clients: [...], seen, why, source,
// remedy, command, evidence: [{name, value}...]}...]}...]}, with a line end. "ok" is false when there is an error.
std::string report_json(const Report& report, Language language);

}  // namespace pforte::doctor
