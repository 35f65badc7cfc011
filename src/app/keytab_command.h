#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/command_line.h"
#include "app/complaint.h"
#include "app/streams.h"
#include "kerberos/fault.h"
#include "kerberos/principal.h"

namespace pforte::app {

// `pforte keytab ...`: does it, says so, and returns the exit status.
int run_keytab_command(const CommandLine& line, const Streams& streams);

// One of them, as it was typed.
struct KeytabCall {
  const CommandLine& line;
  Streams streams;

  bool german() const { return line.language == Language::German; }
  void print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), streams.out); }
  void warn(const Complaint& what) const {
    std::string text = warning_text(what, line.language);
    std::fwrite(text.data(), 1, text.size(), streams.err);
  }
};

// What the Kerberos module says of a file, as a complaint: `TRY(unless_faulty(read(file)))`.
Complaint complaint_of(const kerberos::Fault& fault);
template <class T>
Answer<T> unless_faulty(std::expected<T, kerberos::Fault> got) {
  if (!got) return std::unexpected(complaint_of(got.error()));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(got);
  }
}

// What --account says.
struct DirectoryAccount {
  enum class Kind : std::uint8_t { User, Upn, Computer };
  Kind kind = Kind::User;
  std::string name;

  // Of passwords of this account.
  std::string salt(const kerberos::Principal& principal) const;
};
Answer<std::optional<DirectoryAccount>> account_of(const CommandLine& line);

Answer<int> create_keytab(const KeytabCall& call);
Answer<int> check_keytab(const KeytabCall& call);

}  // namespace pforte::app
