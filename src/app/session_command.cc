#include "app/session_command.h"

#include <optional>
#include <string>
#include <vector>

#include "app/store_json.h"
#include "app/text_table.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "identity/agents.h"
#include "session/records.h"

namespace pforte::app {
namespace {

// The number of the agent that --agent names. None: it names nobody in particular.
Answer<std::optional<std::int64_t>> wanted_agent(const StoreCall& call) {
  std::optional<std::string> login = call.line.value_of("--agent");
  if (!login) return std::nullopt;
  std::optional<identity::Agent> agent = TRY(identity::Agents(call.store).find_login(*login));
  if (agent) return agent->number;
  std::string shown = printable(*login);
  return std::unexpected(
      Complaint(kInvalidInput, {cat("there is no agent ", shown), cat("es gibt keinen Bearbeiter ", shown)},
                {"`pforte agent list` tells which there are", "`pforte agent list` sagt, welche es gibt"}));
}

Answer<int> list_as_json(const StoreCall& call, std::optional<std::int64_t> agent) {
  std::string_view before = "{\"sessions\": [\n";
  TRY(session::each_record(call.store, [&](const session::Record& record) {
    if (agent && record.session.agent != *agent) return;
    call.print(cat(before, json_of(record)));
    before = ",\n";
  }));
  call.print(before == ",\n" ? "\n]}\n" : "{\"sessions\": []}\n");
  return kDone;
}

std::vector<std::string> session_headings(const StoreCall& call) {
  if (call.german()) return {"ID", "LOGIN", "METHODE", "CLIENT", "BEGONNEN", "GESEHEN", "ENDET"};
  return {"ID", "LOGIN", "METHOD", "CLIENT", "BEGAN", "SEEN", "EXPIRES"};
}

Answer<int> ended(const StoreCall& call, std::uint64_t count) {
  bool one = count == 1;
  call.tell({cat(count, one ? " session was ended" : " sessions were ended"),
             cat(count, one ? " Sitzung beendet" : " Sitzungen beendet")},
            cat("{\"ended\": ", count, "}\n"));
  return kDone;
}

}  // namespace

Answer<int> list_sessions(const StoreCall& call) {
  std::optional<std::int64_t> agent = TRY(wanted_agent(call));
  if (call.line.json) return list_as_json(call, agent);
  TextTable table(call.streams.out, session_headings(call));
  TRY(session::each_record(call.store, [&](const session::Record& record) {
    const session::Session& session = record.session;
    if (agent && session.agent != *agent) return;
    table.row({session.id, session.login, session.method, record.client, rfc3339(session.began), rfc3339(session.seen),
               rfc3339(session.expires)});
  }));
  return kDone;
}

Answer<int> end_sessions(const StoreCall& call) {
  const CommandLine& line = call.line;
  bool by_id = !line.operand.empty(), by_agent = line.has("--agent"), all = line.has("--all");
  if (int(by_id) + int(by_agent) + int(all) != 1) {
    return std::unexpected(Complaint(
        kInvalidInput,
        {"which sessions? One of: ID, --agent LOGIN, --all", "welche Sitzungen? Eines von: ID, --agent LOGIN, --all"},
        {"`pforte session list` tells their ids", "`pforte session list` sagt ihre IDs"}));
  }
  if (all) return ended(call, TRY(session::end_all_sessions(call.store)));
  if (by_agent) {
    std::optional<std::int64_t> agent = TRY(wanted_agent(call));
    return ended(call, TRY(session::end_sessions_of(call.store, *agent)));
  }
  std::uint64_t count = TRY(session::end_session(call.store, line.operand));
  if (count > 0) return ended(call, count);
  std::string shown = printable(line.operand);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("there is no session ", shown), cat("es gibt keine Sitzung ", shown)},
                                   {"perhaps it is over; `pforte session list` tells which there are",
                                    "vielleicht ist sie vorbei; `pforte session list` sagt, welche es gibt"}));
}

}  // namespace pforte::app
