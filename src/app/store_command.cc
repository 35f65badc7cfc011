#include "app/store_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "app/agent_command.h"
#include "app/agent_import.h"
#include "app/agent_map.h"
#include "app/backend_command.h"
#include "app/cert_issue.h"
#include "app/control_call.h"
#include "app/inventory_command.h"
#include "app/output_end.h"
#include "app/service_command.h"
#include "app/session_command.h"
#include "app/state_folder.h"
#include "base/german.h"
#include "base/text.h"
#include "gate/config.h"

namespace pforte::app {
namespace {

using namespace std::chrono_literals;

// Long enough for a gate that is busy; it answers when all its workers have taken the change over.
constexpr auto kFollowLimit = 10s;

struct Handler {
  Command command;
  Answer<int> (*run)(const StoreCall& call);
  bool changes;
};

constexpr auto kHandlers = std::to_array<Handler>({
    {Command::AgentAdd, add_agent, true},
    {Command::AgentList, list_agents, false},
    {Command::AgentShow, show_agent, false},
    {Command::AgentSet, set_agent, true},
    {Command::AgentPasswd, set_agent_password, true},
    {Command::AgentToken, make_agent_token, true},
    {Command::AgentEnable, enable_agent, true},
    {Command::AgentDisable, disable_agent, true},
    {Command::AgentRemove, remove_agent, true},
    {Command::AgentImport, import_agents, true},
    {Command::AgentMap, map_principal, false},
    {Command::ServiceList, list_services, false},
    {Command::ServiceStart, start_service, true},
    {Command::ServiceStop, stop_service, true},
    {Command::BackendDrain, drain_backend, true},
    {Command::BackendUndrain, undrain_backend, true},
    {Command::SessionList, list_sessions, false},
    {Command::SessionEnd, end_sessions, true},
    {Command::CertIssue, issue_certificate, true},
    {Command::CertRevoke, revoke_certificate, true},
    {Command::CaList, list_issued, false},
    {Command::CaCrl, give_revocation_list, false},
    {Command::CertList, list_certificates, false},
    {Command::CertImport, import_certificate, true},
    {Command::CertExport, export_certificate, false},
    {Command::CertRemove, remove_certificate, true},
});

void print_to(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

Result<std::string> ask_to_follow(const std::string& state_dir) {
  ControlAnswer answer = TRY(call_gate(cat(state_dir, "/control.sock"), "POST", "/api/v1/follow", kFollowLimit));
  bool followed = answer.status == 200 || answer.status == 204;
  return followed ? "" : cat("it answered with status ", answer.status);
}

// The store has the change already, and a gate looks into it every second: what fails here is no failure.
void tell_gate(const std::string& state_dir, const StoreCall& call) {
  Result<std::string> asked = ask_to_follow(state_dir);
  bool no_gate = !asked && asked.error().kind() == Kind::Closed;
  if (no_gate || (asked && asked->empty())) return;
  const std::string& why = asked ? *asked : asked.error().text();
  call.warn({cat("the running gate could not be told of the change: ", why),
             cat("dem laufenden Tor ließ sich die Änderung nicht mitteilen: ", german_or_same(why))},
            {"it takes it over by itself within a second", "es übernimmt sie von selbst, innerhalb einer Sekunde"});
}

Answer<int> run_on(const conf::Text& state_dir, const CommandLine& line, const Streams& streams) {
  const Handler& handler = *std::ranges::find(kHandlers, line.command, &Handler::command);
  std::unique_ptr<store::Store> store = TRY(open_store(state_dir));
  StoreCall call{.line = line, .store = *store, .streams = streams};
  int exit = TRY(handler.run(call));
  if (handler.changes && exit == kDone) tell_gate(state_dir.value, call);

  Message done_anyway = {"the command was carried out all the same", "der Befehl wurde trotzdem ausgeführt"};
  TRY(whole_output(streams, handler.changes ? done_anyway : Message{}));
  return exit;
}

}  // namespace

void StoreCall::print(std::string_view text) const {
  print_to(streams.out, text);
}

void StoreCall::tell(const Message& text, std::string_view json) const {
  if (line.json) return print(json);
  print(cat(text.in(line.language), '\n'));
}

void StoreCall::warn(const Message& what, const Message& remedy) const {
  print_to(streams.err,
           cat("pforte: ", conf::word_for(conf::Severity::Warning, line.language), ": ", what.in(line.language), '\n',
               german() ? "Hilfe: " : "help: ", remedy.in(line.language), '\n'));
}

void StoreCall::print_problems(const conf::Problems& problems) const {
  for (const conf::Problem& problem : problems.in_order()) print_to(streams.err, conf::to_text(problem, line.language));
}

int run_store_command(const CommandLine& line, const Streams& streams) {
  conf::Problems problems;
  std::optional<conf::Text> state_dir = gate::read_state_dir(config_file(line), problems);
  if (!state_dir) {
    for (const conf::Problem& problem : problems.in_order())
      print_to(streams.err, conf::to_text(problem, line.language));
    return kInvalidInput;
  }
  Answer<int> exit = run_on(*state_dir, line, streams);
  if (exit) return *exit;
  print_to(streams.err, to_text(exit.error(), line.language));
  return exit.error().exit;
}

}  // namespace pforte::app
