#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "doctor/report.h"
#include "http/escape.h"

namespace pforte::doctor {
namespace {

// Colours hold 4.5:1 against what is behind them, light and dark (WCAG 2.2, 1.4.3).
constexpr std::string_view kReportStyle =
    ":root{color-scheme:light dark;--text:#1d1d1f;--back:#fff;--quiet:#565656;--line:#c4c4bf;--card:#f6f6f4;"
    "--error:#a4000f;--warning:#7a4b00;--note:#00507a;--ok:#1d5e2a}"
    "@media(prefers-color-scheme:dark){:root{--text:#ececec;--back:#17181a;--quiet:#b0b0b0;--line:#45464a;"
    "--card:#212326;--error:#ff9a9a;--warning:#f0c060;--note:#8ecbf0;--ok:#8fd69c}}"
    "body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);"
    "overflow-wrap:anywhere}"
    "header,main,footer{max-width:62rem;margin:0 auto;padding:1rem 1.5rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:1rem 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem}"
    "h3{font-size:1rem;margin:.75rem 0 0}p{margin:.25rem 0}.quiet,dt,footer{color:var(--quiet)}"
    "ul,ol{list-style:none;margin:0;padding:0}.summary li{padding:.5rem 0;border-top:1px solid var(--line)}"
    ".way{display:flex;flex-wrap:wrap;gap:.25rem .5rem;align-items:center;margin:.5rem 0}"
    ".way li{padding:.1rem .6rem;border:1px solid var(--line);border-radius:.4rem;background:var(--card)}"
    ".way li+li::before{content:'→';position:relative;left:-1.75rem;margin-right:-1.2ch;color:var(--quiet)}"
    ".way li+li{margin-left:1.1rem}.way .unreached{border-style:dashed;color:var(--quiet)}"
    ".error,.level-error{border-color:var(--error)}.level-error b{color:var(--error)}.level-warning "
    "b{color:var(--warning)}"
    ".level-note b{color:var(--note)}.level-ok b{color:var(--ok)}"
    "details{margin:.5rem 0;padding:.5rem .75rem;border:1px solid var(--line);border-left-width:.3rem;"
    "border-radius:.3rem;background:var(--card)}"
    "details.level-error{border-left-color:var(--error)}details.level-warning{border-left-color:var(--warning)}"
    "summary{cursor:pointer;min-height:1.5rem}summary:focus-visible,a:focus-visible{outline:3px solid var(--note);"
    "outline-offset:2px}a{color:inherit}"
    "dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.25rem 1rem;margin:.5rem 0 0}dd{margin:0}"
    "code,pre{font:.9rem/1.4 ui-monospace,monospace;white-space:pre-wrap;margin:0}"
    "@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin:0 0 .5rem}}"
    "@media print{:root{--text:#000;--back:#fff;--card:#fff;--quiet:#444;--error:#a4000f;--warning:#7a4b00;"
    "--note:#00507a;--ok:#1d5e2a}details,.way,.summary li{break-inside:avoid}"
    "details::details-content{content-visibility:visible;block-size:auto}}";

std::string_view mark_in_html(Level level) {
  return level == Level::Error ? "✗" : level == Level::Warning ? "!" : "✓";
}

std::string style_hash() {
  crypto::Sha256 digest = crypto::sha256(kReportStyle);
  return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

class HtmlReport {
 public:
  HtmlReport(const Report& report, Language language)
      : report_(report), german_(language == Language::German), language_(language) {}

  std::string whole() {
    head(report_);
    summary(report_);
    std::size_t number = 0;
    for (const Path* path : report_.worst_first()) section(*path, ++number);
    out_ += "</main>\n<footer><p>";
    text(german_ ? "Passwörter, Cookies, Tickets und Token sind durch *** ersetzt. Erstellt von Pforte "
                 : "Passwords, cookies, tickets and tokens are replaced by ***. Made by Pforte ");
    text(report_.version);
    out_ += "</p></footer>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  // What others said must neither be markup nor turn the text around it.
  void text(std::string_view value) { http::append_html_text(out_, printable(value)); }

  void element(std::string_view name, std::string_view value) {
    out_ += cat('<', name, '>');
    text(value);
    out_ += cat("</", name.substr(0, name.find(' ')), ">");
  }

  std::string_view of_language(const Message& message) const { return message.in(language_); }

  void head(const Report& report) {
    std::string_view title = german_ ? "Befund der Kommunikationspfade" : "Examination of communication paths";
    out_ += cat("<!doctype html>\n<html lang=\"", german_ ? "de" : "en",
                "\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"",
                "default-src 'none'; style-src 'sha256-", style_hash(), "'; base-uri 'none'; form-action 'none'\">\n",
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
                "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">",
                "\n<title>", title, "</title>\n<style>", kReportStyle, "</style>\n</head>\n<body>\n<header>\n<h1>",
                title, "</h1>\n<p class=\"quiet\">");
    std::size_t errors = report.count(Level::Error);
    std::size_t warnings = report.count(Level::Warning);
    std::string begun = rfc3339(report.begun);
    text(german_ ? cat(begun, ", in ", report.took.count(), " ms: ", report.paths.size(), " Pfade, ", errors,
                       " Fehler, ", warnings, " Warnungen")
                 : cat(begun, ", in ", report.took.count(), " ms: ", report.paths.size(), " paths, ", errors,
                       " errors, ", warnings, " warnings"));
    out_ += "</p>\n</header>\n<main>\n";
  }

  void summary(const Report& report) {
    out_ += "<section aria-labelledby=\"summary\">\n";
    element("h2 id=\"summary\"", german_ ? "Übersicht" : "Summary");
    out_ += "\n<ol class=\"summary\">\n";
    std::size_t number = 0;
    for (const Path* path : report.worst_first()) {
      out_ += cat("<li class=\"level-", name_of(path->worst()), "\"><b>", mark_in_html(path->worst()), ' ',
                  word_for(path->worst(), language_), "</b> <a href=\"#path-", ++number, "\">");
      text(path->subject());
      out_ += "</a>";
      if (const Finding* broken = path->first_error()) {
        element("p", of_language(broken->seen));
        element("p class=\"quiet\"", of_language(broken->remedy));
      }
      out_ += "</li>\n";
    }
    out_ += "</ol>\n</section>\n";
  }

  void section(const Path& path, std::size_t number) {
    out_ += cat("<section aria-labelledby=\"path-", number, "\">\n");
    element(cat("h2 id=\"path-", number, '"'), path.subject());
    way(path);
    whom_to_call(path);
    for (const Finding* finding : path.in_order()) detail(path, *finding);
    out_ += "</section>\n";
  }

  // The path, drawn: each hop with what came of it.
  void way(const Path& path) {
    out_ += cat("\n<ol class=\"way\" aria-label=\"", german_ ? "Stationen" : "hops", "\">\n");
    for (std::size_t hop = 0; hop < path.hops().size(); ++hop) {
      const Hop& one = path.hops()[hop];
      Level worst = path.worst_of(hop);
      bool seen = path.is_looked_at(hop);
      out_ += cat("<li class=\"", seen ? cat("level-", name_of(worst)) : one.reached ? "unmarked" : "unreached", "\">");
      text(of_language(one.name));
      if (seen) {
        out_ += cat(" <b title=\"", word_for(worst, language_), "\">", mark_in_html(worst), "</b>");
      } else if (!one.reached) {
        out_ += german_ ? " (nicht erreicht)" : " (not reached)";
      }
      out_ += "</li>\n";
    }
    out_ += "</ol>\n";
  }

  // Who answers for which hop, whether something is wrong there or not: that is who is needed at the table.
  void whom_to_call(const Path& path) {
    std::string rows;
    std::swap(rows, out_);
    for (const Hop& hop : path.hops()) fact(of_language(hop.name), responsible_for(report_.responsible, hop));
    std::swap(rows, out_);
    if (rows.empty()) return;
    element("h3", german_ ? "Zuständig" : "Responsible");
    out_ += cat("\n<dl>\n", rows, "</dl>\n");
  }

  void detail(const Path& path, const Finding& finding) {
    out_ += cat("<details class=\"level-", name_of(finding.level), '"', finding.level >= Level::Warning ? " open" : "",
                ">\n<summary><b>", word_for(finding.level, language_), "</b> ");
    text(of_language(finding.seen));
    out_ += "</summary>\n<dl>\n";
    fact(german_ ? "Station" : "hop", of_language(path.hops()[finding.hop].name));
    for (const Evidence& one : finding.evidence) fact(of_language(one.name), one.value, "code");
    fact(german_ ? "betrifft" : "concerns", words_for(finding.clients, language_));
    fact(german_ ? "warum" : "why", finding.check.why.in(language_));
    fact(german_ ? "Quelle" : "source", finding.check.source);
    fact(german_ ? "Hilfe" : "help", of_language(finding.remedy));
    fact(german_ ? "Befehl" : "command", report_.command_of(finding), "pre");
    fact("id", finding.check.id, "code");
    out_ += "</dl>\n</details>\n";
  }

  void fact(std::string_view name, std::string_view value, std::string_view inside = "span") {
    if (value.empty()) return;
    element("dt", name);
    out_ += "<dd>";
    element(inside, value);
    out_ += "</dd>\n";
  }

  const Report& report_;
  bool german_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string report_html(const Report& report, Language language) {
  return HtmlReport(report, language).whole();
}

}  // namespace pforte::doctor
