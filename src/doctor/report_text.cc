#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/printable.h"
#include "base/text.h"
#include "doctor/broken_lines.h"
#include "doctor/report.h"

namespace pforte::doctor {
namespace {

// A screen has 24 lines: broken paths take three or four, and what comes last is to be seen as well.
constexpr std::size_t kBrokenShown = 5;
constexpr std::size_t kOtherShown = 6;

// What others said must neither steer the terminal nor pass for a line of ours.
class ReportWriter {
 public:
  ReportWriter(const Report& report, const ReportStyle& style) : report_(report), style_(style) {}

  // The worst first, and what a screen has no room for only counted.
  void summary(const Report& report) {
    std::vector<const Path*> paths = report.worst_first();
    auto first_sound = std::ranges::find_if(paths, [](const Path* path) { return path->worst() != Level::Error; });
    auto broken = static_cast<std::size_t>(first_sound - paths.begin());
    // With nothing broken there is room for all of the screen.
    std::size_t other = broken == 0 ? kOtherShown + kBrokenShown * 3 : kOtherShown;
    std::size_t sound = paths.size() - broken;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (i == kBrokenShown && i < broken) more(broken - i, german() ? "gestört" : "broken");
      if (i == broken + other) more(sound - other, german() ? "ohne Fehler" : "without an error");
      bool shown = style_.verbose || (i < broken ? i < kBrokenShown : i < broken + other);
      if (shown) in_short(*paths[i]);
    }
    text_ += '\n';
  }

  void details(const Path& path) {
    bool headed = false;
    for (const Finding* finding : path.in_order()) {
      if (!style_.verbose && finding->level < Level::Warning) continue;
      if (!headed) text_ += cat(bold(printable(path.subject())), '\n');
      headed = true;
      detail(path, *finding);
    }
    if (headed) text_ += '\n';
  }

  void ending(const Report& report) {
    std::size_t errors = report.count(Level::Error);
    std::size_t warnings = report.count(Level::Warning);
    std::size_t paths = report.paths.size();
    text_ +=
        german()
            ? cat(paths, paths == 1 ? " Pfad" : " Pfade", " in ", report.took.count(), " ms untersucht: ", errors,
                  " Fehler, ", warnings, warnings == 1 ? " Warnung\n" : " Warnungen\n")
            : cat("examined ", paths, paths == 1 ? " path" : " paths", " in ", report.took.count(), " ms: ", errors,
                  errors == 1 ? " error, " : " errors, ", warnings, warnings == 1 ? " warning\n" : " warnings\n");
    std::size_t rest = report.count(Level::Note) + report.count(Level::Ok);
    if (style_.verbose || rest == 0) return;
    text_ += german() ? cat("--verbose zeigt auch, was in Ordnung oder nur ein Hinweis ist: ", rest, '\n')
                      : cat("--verbose shows also what holds and what is merely noted: ", rest, '\n');
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
    return path.hops()[finding.hop].name.in(style_.language);
  }

  void more(std::size_t count, std::string_view which) {
    text_ += german() ? cat("… und ", count, " weitere ", which, '\n') : cat("… and ", count, " more ", which, '\n');
  }

  void in_short(const Path& path) {
    std::string subject = printable(path.subject());
    std::string way = printable(drawn(path, style_.language));
    bool fits = width_of(subject) + width_of(way) + 4 <= style_.columns;
    text_ += cat(colored(mark_of(path.worst()), path.worst()), ' ', bold(subject), fits ? "  " : "\n    ", way, '\n');
    const Finding* broken = path.first_error();
    if (!broken) return;
    wrapped(4, "", cat(broken->seen.in(style_.language), " [", broken->check.id, "]"));
    wrapped(4, german() ? "Hilfe: " : "help: ", broken->remedy.in(style_.language));
    responsible(path, *broken, 4);
  }

  void detail(const Path& path, const Finding& finding) {
    Language language = style_.language;
    std::string_view level = word_for(finding.level, language);
    std::string head = cat(finding.seen.in(language), " (", hop_of(path, finding), ") [", finding.check.id, "]");
    std::string text = broken_lines(cat(level, ": ", head), 2, style_.columns);
    // The word is coloured once the lines are broken: its escapes have no width.
    text_ += cat("  ", colored(level, finding.level), std::string_view(text).substr(2 + level.size()));
    for (const Evidence& one : finding.evidence) wrapped(6, cat(one.name.in(language), ": "), one.value);
    if (finding.level != Level::Ok) reasons(finding);
    if (finding.level >= Level::Warning) responsible(path, finding, 6);
  }

  void reasons(const Finding& finding) {
    wrapped(6, german() ? "betrifft: " : "concerns: ", words_for(finding.clients, style_.language));
    wrapped(6, german() ? "warum: " : "why: ", finding.check.why.in(style_.language));
    wrapped(6, german() ? "Quelle: " : "source: ", finding.check.source);
    wrapped(6, german() ? "Hilfe: " : "help: ", finding.remedy.in(style_.language));
    if (!finding.command.empty()) text_ += cat("      $ ", printable(report_.command_of(finding)), '\n');
  }

  void wrapped(std::size_t indent, std::string_view label, std::string_view value) {
    if (!value.empty()) text_ += broken_lines(cat(label, value), indent, style_.columns);
  }

  // Whom to call about what was found.
  void responsible(const Path& path, const Finding& finding, std::size_t indent) {
    wrapped(indent,
            german() ? "zuständig: " : "responsible: ", responsible_for(report_.responsible, path.hops()[finding.hop]));
  }

  const Report& report_;
  const ReportStyle& style_;
  std::string text_;
};

}  // namespace

std::string report_text(const Report& report, const ReportStyle& style) {
  ReportWriter writer(report, style);
  writer.summary(report);
  for (const Path* path : report.worst_first()) writer.details(*path);
  writer.ending(report);
  return writer.take();
}

}  // namespace pforte::doctor
