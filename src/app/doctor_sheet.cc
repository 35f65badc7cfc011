#include "app/doctor_sheet.h"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "app/complaint.h"
#include "app/output_end.h"
#include "app/settings_sheet.h"
#include "app/unread_configuration.h"
#include "base/ascii.h"
#include "base/file_replacement.h"
#include "base/printable.h"
#include "base/text.h"
#include "gate/config.h"

namespace pforte::app {
namespace {

Answer<std::string> host_in(const CommandLine& line) {
  if (line.more_operands.size() > 1)
    return std::unexpected(
        Complaint(kInvalidInput, {"sheet takes one host", "sheet nimmt einen Host"},
                  {"without a host it makes a sheet of all", "ohne Host macht es ein Blatt für alle"}));
  return line.more_operands.empty() ? std::string() : lowered(line.more_operands.front());
}

Complaint no_such_host(const std::string& host) {
  std::string shown = printable(host);
  if (host.empty())
    return {kDoesNotHold,
            {"the configuration names no host that could be typed", "die Konfiguration nennt keinen Host zum Tippen"},
            {"give a site its hosts", "einer Site ihre hosts geben"}};
  return {kInvalidInput,
          {cat("no site has the host ", shown), cat("keine Site hat den Host ", shown)},
          {"`pforte doctor sheet` shows all", "`pforte doctor sheet` zeigt alle"}};
}

Answer<std::vector<SettingsSheet>> sheets_for(const CommandLine& line) {
  std::string host = TRY(host_in(line));
  std::string file = config_file(line);
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_draft(file, problems);
  if (!config) return std::unexpected(unread_configuration(file, problems));
  std::vector<SettingsSheet> sheets = settings_sheets(*config, host);
  if (sheets.empty()) return std::unexpected(no_such_host(host));
  return sheets;
}

// The page leaves out what is not known; who makes it is told.
void warn_of_unknown_roots(const std::vector<SettingsSheet>& sheets, const CommandLine& line, const Streams& streams) {
  for (const SettingsSheet& sheet : sheets) {
    if (!sheet.root || !sheet.root->sha256.empty()) continue;
    std::string subject = printable(sheet.root->subject);
    Complaint missing(
        kDone,
        {cat(sheet.host, ": the root ", subject, " is not known here, so the sheet has no SHA-256 of it"),
         cat(sheet.host, ": die Wurzel ", subject, " ist hier nicht bekannt, daher fehlt ihr SHA-256 auf dem Blatt")},
        unknown_root_remedy());
    std::string text = warning_text(missing, line.language);
    std::fwrite(text.data(), 1, text.size(), streams.err);
  }
}

// To FILE, or to standard output where --out is "-" or missing.
Answer<void> make_sheet(const CommandLine& line, const Streams& streams) {
  std::vector<SettingsSheet> sheets = TRY(sheets_for(line));
  std::optional<std::string> out = line.value_of("--out");
  if (out && *out != "-") {
    Result<> written = replace_file(*out, sheet_html(sheets, line.language));
    if (!written) return std::unexpected(Complaint(written.error(), *out));
  }
  if (out) warn_of_unknown_roots(sheets, line, streams);
  std::string text = line.json ? sheet_json(sheets, line.language)
                     : out     ? (*out == "-" ? sheet_html(sheets, line.language) : std::string())
                               : sheet_text(sheets, line.language);
  std::fwrite(text.data(), 1, text.size(), streams.out);
  return whole_output(streams);
}

}  // namespace

int make_settings_sheet(const CommandLine& line, const Streams& streams) {
  Answer<void> done = make_sheet(line, streams);
  if (done) return kDone;
  std::string complaint = to_text(done.error(), line.language);
  std::fwrite(complaint.data(), 1, complaint.size(), streams.err);
  return done.error().exit;
}

}  // namespace pforte::app
