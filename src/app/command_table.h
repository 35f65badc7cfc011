#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/message.h"

namespace pforte::app {

enum class Command : std::uint8_t {
  None,
  Serve,
  Check,
  Status,
  Reload,
  Explain,
  Doctor,
  Capture,
  Demo,
  AgentAdd,
  AgentList,
  AgentShow,
  AgentSet,
  AgentPasswd,
  AgentToken,
  AgentEnable,
  AgentDisable,
  AgentRemove,
  AgentImport,
  AgentMap,
  ServiceList,
  ServiceStart,
  ServiceStop,
  BackendList,
  BackendDrain,
  BackendUndrain,
  SessionList,
  SessionEnd,
  CacheShow,
  CachePurge,
  CertShow,
  CertVerify,
  CertRenew,
  CertList,
  CertImport,
  CertExport,
  CertRemove,
  CertIssue,
  CertCsr,
  CertRevoke,
  CaInit,
  CaShow,
  CaList,
  CaSignIntermediate,
  CaImport,
  CaCrl,
  CaExport,
  TrustList,
  TrustShow,
  TrustAdd,
  TrustRemove,
  TrustDiff,
  TrustLint,
  KeytabShow,
  KeytabCreate,
  KeytabMerge,
  KeytabCheck,
};

// A text of the tables below, in both of our languages.
struct Phrase {
  std::string_view en;
  std::string_view de;

  std::string_view in(Language language) const { return language == Language::German ? de : en; }
  Message message() const { return {std::string(en), std::string(de)}; }
};

// An option, the same wherever it may stand: a name that takes a value with one command takes one with all.
struct OptionSpec {
  std::string_view name = {};  // "--mail"
  Phrase value = {};           // what stands behind it, "ADDRESS"; empty: nothing
  Phrase tells = {};           // one line of help
  bool repeats = false;        // may be given several times

  bool takes_value() const { return !value.en.empty(); }
};

// A command, of one word ("check") or of two ("agent add"), and what may stand behind it.
struct CommandSpec {
  Command command = Command::None;
  std::string_view group = {};  // "agent"; empty for a command of one word
  std::string_view word = {};   // "add"
  Phrase operand = {};          // "LOGIN"; empty: none
  bool needs_operand = false;
  Phrase second_operand = {};  // behind the first; empty: none
  bool needs_second = false;
  bool operand_repeats = false;  // one or more of it; there is no second then
  bool operand_is_id = false;    // of a session: may begin with a hyphen and is still no option
  Phrase summary = {};           // a few words, in small letters
  Phrase more = {};              // further help, whole lines; may be empty
  std::span<const OptionSpec> options = {};

  // "agent add", "check".
  std::string name() const;
};

// The first of two words.
struct GroupSpec {
  std::string_view word;
  Phrase summary;
};

// All commands, those of a group together, in the order of Command.
std::span<const CommandSpec> command_specs();
std::span<const GroupSpec> group_specs();

// Those that every command understands.
std::span<const OptionSpec> global_options();

// First words that the handbook knows and this version does not.
std::span<const std::string_view> later_commands();

// The entry of a command other than None.
const CommandSpec& spec_of(Command command);

}  // namespace pforte::app
