#include "conf/syntax.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::conf {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

bool is_key_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// A line taken apart as somebody meant it who knows no TOML.
struct Line {
  std::string_view indent;
  std::string_view key;
  char sign = 0;           // what stands after the key; 0: nothing
  std::string_view value;  // what stands after the sign, comment included
};

Line take_apart(std::string_view text) {
  Line line;
  std::size_t at = 0;
  while (at < text.size() && is_space(text[at])) ++at;
  line.indent = text.substr(0, at);
  std::size_t key = at;
  while (at < text.size() && is_key_letter(text[at])) ++at;
  line.key = text.substr(key, at - key);
  while (at < text.size() && is_space(text[at])) ++at;
  if (at < text.size()) {
    line.sign = text[at];
    line.value = trimmed(text.substr(at + 1));
  }
  return line;
}

std::string written(const Line& line, std::string_view value) {
  return cat(line.indent, line.key, " = ", value);
}

// The value without a comment behind it. Only for values without quotes.
std::string_view bare(std::string_view value) {
  return trimmed(value.substr(0, value.find('#')));
}

std::optional<Diagnosis> typographic_quotes(const Line& line) {
  constexpr std::array<std::string_view, 8> kQuotes = {"“", "”", "„", "‟", "‘", "’", "«", "»"};
  std::string value(line.value);
  // Around a text, or around those of a list that has no others.
  bool list = (value.starts_with('[') || value.starts_with('{')) && value.find_first_of("\"'") == std::string::npos;
  auto stands_there = [&](std::string_view quote) { return list ? value.contains(quote) : value.starts_with(quote); };
  if (!std::ranges::any_of(kQuotes, stands_there)) return {};

  for (std::string_view quote : kQuotes) {
    for (std::size_t at; (at = value.find(quote)) != std::string::npos;) value.replace(at, quote.size(), "\"");
  }
  return Diagnosis{
      {"typographic quotation marks", "typografische Anführungszeichen"},
      {cat("use the straight ones: ", line.key, " = ", value), cat("die geraden verwenden: ", line.key, " = ", value)},
      written(line, value)};
}

std::optional<Diagnosis> foreign_truth(const Line& line) {
  constexpr std::array<std::string_view, 6> kTrue = {"true", "yes", "on", "ja", "an", "wahr"};
  constexpr std::array<std::string_view, 6> kFalse = {"false", "no", "off", "nein", "aus", "falsch"};
  std::string word = lowered(bare(line.value));

  std::string_view ours;
  if (std::ranges::count(kTrue, word) > 0) ours = "true";
  if (std::ranges::count(kFalse, word) > 0) ours = "false";
  if (ours.empty()) return std::nullopt;
  return Diagnosis{{cat('"', bare(line.value), "\" is no truth value in TOML"),
                    cat('"', bare(line.value), "\" ist in TOML kein Wahrheitswert")},
                   {cat("write ", line.key, " = ", ours), cat("schreiben: ", line.key, " = ", ours)},
                   written(line, ours)};
}

// `address = 0.0.0.0:443`, `address = [::]:443`
std::optional<Diagnosis> missing_quotes(const Line& line) {
  std::string_view value = bare(line.value);
  bool is_address = value.starts_with("[:") || value.starts_with("[2") || value.starts_with("[f");
  bool opens = value.find_first_of("\"'{},") != std::string_view::npos || (value.starts_with('[') && !is_address);
  if (value.empty() || opens || value.contains('\\')) return std::nullopt;

  std::string quoted = cat('"', value, '"');
  return Diagnosis{{cat("the text ", value, " is not in quotation marks"),
                    cat("der Text ", value, " steht nicht in Anführungszeichen")},
                   {cat("write ", line.key, " = ", quoted), cat("schreiben: ", line.key, " = ", quoted)},
                   written(line, quoted)};
}

Diagnosis unclosed_quote(std::string_view value) {
  std::string quote(1, value.front());
  return {{"a text is not closed", "ein Text ist nicht abgeschlossen"},
          {cat("the text needs its closing ", quote, " on the same line"),
           cat("der Text braucht auf derselben Zeile ein schließendes ", quote)},
          std::nullopt};
}

std::optional<Diagnosis> in_value(const Line& line, std::string_view complaint) {
  bool quoted = line.value.starts_with('"') || line.value.starts_with('\'');
  if (complaint.contains("unknown escape")) {
    return Diagnosis{{"a backslash begins an escape between double quotation marks",
                      "zwischen doppelten Anführungszeichen beginnt der Backslash eine Ersatzdarstellung"},
                     {"use single quotation marks, 'C:\\pforte\\site.pem', or write \\\\ for each backslash",
                      "einfache Anführungszeichen verwenden, 'C:\\pforte\\site.pem', oder jeden Backslash als \\\\ "
                      "schreiben"},
                     std::nullopt};
  }
  if (quoted && (complaint.contains("prohibited") || complaint.contains("end-of-file")))
    return unclosed_quote(line.value);
  if (quoted || complaint.contains("redefine")) return std::nullopt;
  if (bare(line.value).empty()) {
    return Diagnosis{{cat(line.key, " has no value"), cat(line.key, " hat keinen Wert")},
                     {"write the value behind the =, or remove the line to keep the default",
                      "den Wert hinter das = schreiben, oder die Zeile entfernen: dann gilt die Vorgabe"},
                     std::nullopt};
  }
  if (auto quotes = typographic_quotes(line)) return quotes;
  if (auto truth = foreign_truth(line)) return truth;
  return missing_quotes(line);
}

std::optional<Diagnosis> in_header(std::string_view line, std::string_view complaint) {
  std::string name(line);
  std::erase_if(name, [](char c) { return !is_key_letter(c); });
  if (complaint.contains("redefine")) {
    return Diagnosis{{cat("the block ", name, " is there already"), cat("den Block ", name, " gibt es schon")},
                     {cat("join the two; where several are meant, each is headed [[", name, "]]"),
                      cat("beide zusammenlegen; sind mehrere gemeint, so steht über jedem [[", name, "]]")},
                     std::nullopt};
  }
  if (!complaint.contains("expected ']'")) return std::nullopt;
  return Diagnosis{{"the heading of the block is not closed", "die Überschrift des Blocks ist nicht abgeschlossen"},
                   {cat("write [", name, "] for a single block, [[", name, "]] for one of several"),
                    cat("schreiben: [", name, "] für einen einzelnen Block, [[", name, "]] für einen von mehreren")},
                   std::nullopt};
}

// "cannot redefine existing integer 'a'": the key alone, without the parser's own names for types.
Diagnosis key_twice(const Line& line) {
  return {{cat(line.key, " is set twice in the same block"), cat(line.key, " ist im selben Block zweimal gesetzt")},
          {"remove one of the two", "eines von beiden entfernen"},
          std::nullopt};
}

Diagnosis colon(const Line& line) {
  std::optional<Diagnosis> truth = foreign_truth(line);
  std::string right = truth ? *truth->meant : written(line, line.value);
  right.erase(0, line.indent.size());
  return {{"between key and value stands a colon", "zwischen Schlüssel und Wert steht ein Doppelpunkt"},
          {cat("write ", right), cat("schreiben: ", right)},
          cat(line.indent, right)};
}

Diagnosis anything_else(std::string_view complaint) {
  constexpr std::string_view kIntroduction = "Error while parsing ";
  if (complaint.starts_with(kIntroduction)) complaint.remove_prefix(kIntroduction.size());
  if (complaint.contains("utf-8")) {
    return {{"the file is not in UTF-8", "die Datei ist nicht in UTF-8"},
            {"save it in UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8",
             "in UTF-8 speichern, oder: iconv -f WINDOWS-1252 -t UTF-8"},
            std::nullopt};
  }
  if (complaint.contains("expected comma or closing ']'")) {
    return {{"a list goes on without a comma or is not closed",
             "eine Liste geht ohne Komma weiter oder ist nicht abgeschlossen"},
            {"separate its items with commas, and close it with ]",
             "ihre Einträge mit Kommas trennen und sie mit ] abschließen"},
            std::nullopt};
  }
  return {{cat("this is not TOML: ", complaint), cat("das ist kein TOML: ", complaint)},
          {"a line is a heading like [log], a pair like key = \"value\", or a # comment",
           "eine Zeile ist eine Überschrift wie [log], ein Paar wie schluessel = \"Wert\" oder ein # Kommentar"},
          std::nullopt};
}

}  // namespace

Diagnosis diagnose(std::string_view text, std::string_view complaint) {
  Line line = take_apart(text);
  std::optional<Diagnosis> found;
  if (complaint.contains("utf-8")) {
    found = anything_else(complaint);
  } else if (line.key.empty() && line.sign == '[') {
    found = in_header(text, complaint);
  } else if (!line.key.empty() && complaint.contains("redefine")) {
    found = key_twice(line);
  } else if (!line.key.empty() && line.sign == ':') {
    found = colon(line);
  } else if (!line.key.empty() && line.sign == '=') {
    found = in_value(line, complaint);
  }
  return found ? *std::move(found) : anything_else(complaint);
}

bool begins_anew(std::string_view text) {
  Line line = take_apart(text);
  if (!line.key.empty()) return line.sign == '=';
  if (line.sign == '"' || line.sign == '\'') {
    std::size_t closed = line.value.find(line.sign);
    return closed != std::string_view::npos && trimmed(line.value.substr(closed + 1)).starts_with('=');
  }
  if (line.sign != '[') return false;
  std::string_view name = line.value.substr(line.value.starts_with('[') ? 1 : 0);
  bool is_number = !name.empty() && name.front() >= '0' && name.front() <= '9';
  auto end = std::ranges::find_if_not(name, is_key_letter);
  return !is_number && end != name.begin() && end != name.end() && *end == ']';
}

}  // namespace pforte::conf
