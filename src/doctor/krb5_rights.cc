#include <optional>
#include <string>

#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/file_rights.h"
#include "doctor/krb5_lint.h"
#include "doctor/shown_command.h"

namespace pforte::doctor {
namespace {

constexpr Check kKrb5Writable{
    .id = "krb5.writable",
    .source = "",
    .why = {"who can change it sends this machine to a KDC of their own, or keeps everybody out",
            "wer sie ändern kann, schickt diesen Rechner zu einem eigenen KDC oder sperrt alle aus"}};

}  // namespace

void lint_krb5_rights(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  std::optional<std::string> open = changed_by_everybody(facts.krb5_name);
  if (!open) return;
  std::string command = cat("chmod o-w ", shell_word(*open));
  path.tell({.check = kKrb5Writable,
             .level = Level::Warning,
             .hop = hops.krb5,
             .seen = {cat("everybody on this machine can change ", *open), cat("jeder hier kann ", *open, " ändern")},
             .remedy = {command, command},
             .command = cat("namei -l ", shell_word(facts.krb5_name)),
             .evidence = {evidence_of({facts.krb5_name, 0, 0})}});
}

}  // namespace pforte::doctor
