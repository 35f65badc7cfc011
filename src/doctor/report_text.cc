#include <algorithm>

#include "base/printable.h"
#include "base/text.h"
#include "doctor/report.h"

namespace pforte::doctor {
namespace {

// What others said must neither steer the terminal nor pass for a line of ours.
class ReportWriter {
 public:
  explicit ReportWriter(const ReportStyle& style) : style_(style) {}

  void summary(const Report& report) {
    for (const Path* path : report.paths) {
      text_ += cat(colored(mark_of(path->worst()), path->worst()), ' ', bold(printable(path->subject())), "  ",
                   printable(drawn(*path, style_.language)), '\n');
      if (const Finding* broken = path->first_error()) cause(*broken);
    }
    text_ += '\n';
  }

  void details(const Path& path) {
    std::vector<const Finding*> findings = path.in_order();
    if (findings.empty()) return;
    text_ += cat(bold(printable(path.subject())), '\n');
    for (const Finding* finding : findings) {
      text_ += cat("  ", colored(word_for(finding->level, style_.language), finding->level), ": ",
                   printable(finding->seen.in(style_.language)), " (", hop_of(path, *finding), ") [", finding->check.id,
                   "]\n");
      for (const Evidence& one : finding->evidence) line(cat(one.name.in(style_.language), ": "), one.value);
      if (finding->level != Level::Ok) reasons(*finding);
    }
    text_ += '\n';
  }

  void ending(const Report& report) {
    auto count = [&](Level level) {
      std::size_t found = 0;
      for (const Path* path : report.paths)
        found += static_cast<std::size_t>(
            std::ranges::count_if(path->in_order(), [&](const Finding* one) { return one->level == level; }));
      return found;
    };
    std::size_t errors = count(Level::Error);
    std::size_t warnings = count(Level::Warning);
    text_ += german() ? cat(report.paths.size(), " Pfade in ", report.took.count(), " ms untersucht: ", errors,
                            " Fehler, ", warnings, " Warnungen\n")
                      : cat("examined ", report.paths.size(), " paths in ", report.took.count(), " ms: ", errors,
                            " errors, ", warnings, " warnings\n");
  }

  std::string take() { return std::move(text_); }

 private:
  bool german() const { return style_.language == Language::German; }

  static std::string_view mark_of(Level level) {
    return level == Level::Error ? "✗" : level == Level::Warning ? "!" : "✓";
  }

  std::string colored(std::string_view text, Level level) const {
    if (!style_.color) return std::string(text);
    std::string_view code = level == Level::Error     ? "\x1b[1;31m"
                            : level == Level::Warning ? "\x1b[1;33m"
                            : level == Level::Note    ? "\x1b[1;36m"
                                                      : "\x1b[1;32m";
    return cat(code, text, "\x1b[0m");
  }

  std::string bold(const std::string& text) const { return style_.color ? cat("\x1b[1m", text, "\x1b[0m") : text; }

  std::string hop_of(const Path& path, const Finding& finding) const {
    return printable(path.hops()[finding.hop].name.in(style_.language));
  }

  void line(std::string_view label, std::string_view value) {
    if (!value.empty()) text_ += cat("      ", label, printable(value), '\n');
  }

  void cause(const Finding& broken) {
    line("", cat(broken.seen.in(style_.language), " [", broken.check.id, "]"));
    line(german() ? "Hilfe: " : "help: ", broken.remedy.in(style_.language));
  }

  void reasons(const Finding& finding) {
    std::string clients;
    for (pki::ClientKind kind : finding.clients) clients += cat(clients.empty() ? "" : ", ", pki::name_of(kind));
    line(german() ? "betrifft: " : "concerns: ", clients);
    line(german() ? "warum: " : "why: ", finding.check.why.in(style_.language));
    line(german() ? "Quelle: " : "source: ", finding.check.source);
    line(german() ? "Hilfe: " : "help: ", finding.remedy.in(style_.language));
    line("$ ", finding.command);
  }

  const ReportStyle& style_;
  std::string text_;
};

}  // namespace

std::string report_text(const Report& report, const ReportStyle& style) {
  ReportWriter writer(style);
  writer.summary(report);
  for (const Path* path : report.paths) writer.details(*path);
  writer.ending(report);
  return writer.take();
}

}  // namespace pforte::doctor
