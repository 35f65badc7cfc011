#include "app/agent_import.h"

#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <unordered_map>

#include "app/agent_file.h"
#include "app/store_json.h"
#include "base/file_access.h"
#include "base/printable.h"
#include "base/text.h"
#include "identity/agents.h"

namespace pforte::app {
namespace {

// Enough for some million agents.
constexpr std::size_t kMostFileBytes = std::size_t{1} << 30;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::unexpected<Error> unreadable(const std::string& file) {
  int number = errno == 0 ? EIO : errno;
  return fail(kind_of_unreadable(number), "file.unreadable", cat(file, ": ", std::generic_category().message(number)));
}

Result<std::string> read_to_end(std::FILE* in, const std::string& file) {
  std::string text;
  char block[65536];
  errno = 0;
  while (std::size_t count = std::fread(block, 1, sizeof block, in)) {
    text.append(block, count);
    if (text.size() > kMostFileBytes) return fail(Kind::Limit, "file.too-large", cat(file, ": larger than 1 GiB"));
  }
  if (std::ferror(in) != 0) return unreadable(file);
  return text;
}

Result<std::string> read_import(const StoreCall& call, const std::string& file) {
  if (file == "-") return read_to_end(call.streams.in, file);
  errno = 0;
  std::unique_ptr<std::FILE, Close> in(std::fopen(file.c_str(), "rbe"));
  if (!in) return unreadable(file);
  return read_to_end(in.get(), file);
}

// Adds one agent after the other, and keeps what the store refuses as a problem of its line.
class Import {
 public:
  Import(store::Store& store, std::string file, conf::Problems& problems)
      : agents_(store), file_(std::move(file)), problems_(problems) {}

  Result<> add(std::uint32_t line, const identity::Agent& agent) {
    auto [first, is_new] = lines_.emplace(agent.login, line);
    Result<identity::Agent> added = agents_.add(agent);
    if (added) return ++added_, Result<>();
    if (added.error().kind() != Kind::Invalid) return std::unexpected(std::move(added).error());
    Complaint refused(added.error());
    if (added.error().code() == "agent.taken") {
      std::string shown = printable(agent.login);
      refused.what = is_new ? Message{cat("there is an agent ", shown, " already"),
                                      cat("einen Bearbeiter ", shown, " gibt es schon")}
                            : Message{cat(shown, " stands in line ", first->second, " already"),
                                      cat(shown, " steht schon in Zeile ", first->second)};
      if (!is_new) refused.remedy = {"leave one out", "eine davon weglassen"};
    }
    problems_.error({.file = file_, .line = line, .column = 0}, added.error().code(), refused.what, refused.remedy);
    return {};
  }

  std::uint64_t added() const { return added_; }

 private:
  identity::Agents agents_;
  std::string file_;
  conf::Problems& problems_;
  std::unordered_map<std::string, std::uint32_t> lines_;  // of each login, the first
  std::uint64_t added_ = 0;
};

}  // namespace

Answer<int> import_agents(const StoreCall& call) {
  const std::string& file = call.line.operand;
  std::string text = TRY(read_import(call, file));
  conf::Problems problems;
  Import import(call.store, file, problems);
  Result<> kept = call.store.transact([&]() -> Result<> {
    TRY(each_agent_in(text, file, problems, std::bind_front(&Import::add, &import)));
    // Takes everything back; what is wrong stands in the problems.
    if (problems.has_errors()) return fail(Kind::Invalid, "agent-file.refused", file);
    return {};
  });
  bool refused = problems.has_errors();
  if (!kept && !refused) return std::unexpected(Complaint(kept.error()));

  std::uint64_t added = refused ? 0 : import.added();
  if (call.line.json) {
    call.print(cat(import_json(added, problems, call.line.language), '\n'));
    return refused ? kInvalidInput : kDone;
  }
  call.print_problems(problems);
  if (!refused) {
    call.print(call.german() ? cat(added, " Bearbeiter angelegt\n") : cat(added, " agents were added\n"));
    return kDone;
  }
  return std::unexpected(
      Complaint(kInvalidInput, {cat(file, ": no agent was added"), cat(file, ": es wurde kein Bearbeiter angelegt")},
                {"correct the lines named above, then import the file again",
                 "die oben genannten Zeilen berichtigen, dann die Datei noch einmal importieren"}));
}

}  // namespace pforte::app
