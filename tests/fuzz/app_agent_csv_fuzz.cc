// Whatever a CSV file holds, reading it ends, lines ascend and lie within it, and what was read is written back so that
// it reads the same. Of a file of agents, every line is an agent or a problem with its place.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "app/agent_file.h"
#include "app/csv.h"

namespace {

using namespace pforte;

void append_quoted(std::string& text, std::string_view cell) {
  text += '"';
  for (char c : cell) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

void read_and_write_back(std::string_view text, char separator, std::uint32_t lines) {
  app::CsvReader reader(text, separator);
  std::uint32_t last = 0;
  for (app::CsvRecord record; reader.next(record);) {
    if (record.line <= last || record.line > lines) std::abort();
    last = record.line;
    if (record.fault != app::CsvFault::None) continue;
    if (record.cells.empty()) std::abort();
    std::string written;
    for (std::string_view cell : record.cells) {
      if (!written.empty()) written += separator;
      append_quoted(written, cell);
    }
    app::CsvRecord again;
    app::CsvReader second(written, separator);
    if (!second.next(again) || again.cells != record.cells || second.next(again)) std::abort();
  }
}

void read_agents(const std::string& text, std::uint32_t lines) {
  conf::Problems problems;
  std::uint32_t last = 0;
  Result<> done = app::each_agent_in(text, "fuzz.csv", problems, [&](std::uint32_t line, const identity::Agent&) {
    if (line <= last || line > lines) std::abort();
    last = line;
    return Result<>();
  });
  if (!done) std::abort();
  for (const conf::Problem& problem : problems.all()) {
    if (problem.place.line < 1 || problem.place.line > lines) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
  for (char separator : {',', ';'}) read_and_write_back(text, separator, lines);
  read_agents(text, lines);
  // Most random texts fail at their header.
  read_agents("login;name;principals\n" + text, lines + 1);
  return 0;
}
