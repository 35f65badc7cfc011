#include "app/backend_list.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "app/complaint.h"
#include "app/remote.h"
#include "app/shown_json.h"
#include "app/text_table.h"
#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

std::string shown_state(const Json& server, Language language) {
  bool german = language == Language::German;
  std::string text;
  auto add = [&](bool holds, std::string_view en, std::string_view de) {
    if (holds) text += cat(text.empty() ? "" : ", ", german ? de : en);
  };
  add(is_true(server, "drained"), "drained", "ausgeleitet");
  add(!is_true(server, "healthy"), "down", "gestört");
  add(is_true(server, "ejected"), "ejected", "ausgesetzt");
  add(is_failing(server), "failing", "scheitert");
  add(text.empty(), "up", "erreichbar");
  add(is_true(server, "backup"), "backup", "Reserve");
  return text;
}

std::string shown_requests(const Json& server) {
  std::int64_t most = shown_number(server, "max_requests");
  std::int64_t now = shown_number(server, "requests");
  return most > 0 ? cat(now, '/', most) : cat(now);
}

void print_table(const Json& backends, Language language, std::FILE* out) {
  bool german = language == Language::German;
  TextTable table(out, {"BACKEND", "SERVER", german ? "ZUSTAND" : "STATE", german ? "SEIT" : "SINCE",
                        german ? "GEWICHT" : "WEIGHT", german ? "ANFRAGEN" : "REQUESTS",
                        german ? "ZERTIFIKAT BIS" : "CERTIFICATE UNTIL", german ? "LETZTER FEHLER" : "LAST FAILURE"});
  for (const Json& backend : backends) {
    for (const Json& server : structure(backend, "servers")) {
      std::string reason = shown_text(server, "reason");
      table.row({shown_text(backend, "name"), shown_text(server, "url"), shown_state(server, language),
                 is_failing(server) ? "" : shown_text(server, "since"), cat(shown_number(server, "weight")),
                 shown_requests(server), shown_text(server, "certificate_expires"),
                 german ? german_or_same(reason) : reason});
    }
  }
}

Complaint unknown_backend(const std::string& name) {
  std::string shown = printable(name);
  return {kInvalidInput,
          {cat("the running gate has no backend ", shown), cat("das laufende Tor hat kein Backend ", shown)},
          {"pforte backend list tells which there are", "pforte backend list sagt, welche es gibt"}};
}

}  // namespace

int list_backends(const CommandLine& line, const Streams& streams) {
  conf::Problems problems;
  std::optional<conf::Text> state_dir = gate::read_state_dir(config_file(line), problems);
  if (!state_dir) {
    for (const conf::Problem& problem : problems.in_order()) write(streams.err, conf::to_text(problem, line.language));
    return kInvalidInput;
  }
  Said status = ask_status(state_dir->value, {.language = line.language, .json = true});
  write(streams.err, status.err);
  if (status.exit != kDone) return status.exit;
  Json document = Json::parse(status.out, nullptr, false);
  Json shown = Json::array();
  for (const Json& backend : structure(document, "backends")) {
    if (line.operand.empty() || shown_text(backend, "name") == line.operand) shown.push_back(backend);
  }
  if (shown.empty() && !line.operand.empty()) {
    write(streams.err, to_text(unknown_backend(line.operand), line.language));
    return kInvalidInput;
  }
  if (line.json) {
    write(streams.out, Json{{"backends", std::move(shown)}}.dump(2) + "\n");
  } else {
    print_table(shown, line.language, streams.out);
  }
  return kDone;
}

}  // namespace pforte::app
