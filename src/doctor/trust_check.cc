#include "doctor/trust_check.h"

#include <utility>

#include "base/text.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kStoreHop = 1;

constexpr Check kStoreHolds{.id = "trust.holds", .source = "", .why = {"", ""}};

Finding finding_of(pki::LintFinding&& lint) {
  Finding finding{.check = {.id = lint.id, .source = lint.source, .why = {}},
                  .level = lint.level == pki::LintLevel::Error ? Level::Error : Level::Warning,
                  .hop = kStoreHop,
                  .seen = std::move(lint.why),
                  .remedy = std::move(lint.remedy),
                  .command = lint.command.empty() ? std::move(lint.other_command) : std::move(lint.command)};
  if (!lint.alias.empty()) finding.evidence.push_back({.name = {"entry", "Eintrag"}, .value = std::move(lint.alias)});
  return finding;
}

}  // namespace

Path path_of_store(const std::string& name) {
  return {cat("trust ", name), {{.name = {"pforte", "pforte"}, .reached = true}, {.name = {name, name}}}};
}

void examine_store(const pki::TrustStore& store, const pki::LintFacts& facts, Path& path) {
  std::vector<pki::LintFinding> lints = pki::lint_trust_store(store, facts);
  for (pki::LintFinding& lint : lints) path.tell(finding_of(std::move(lint)));
  if (!lints.empty()) return;
  std::size_t count = store.entries.size();
  path.tell({.check = kStoreHolds,
             .level = Level::Ok,
             .hop = kStoreHop,
             .seen = {cat(count, " certificates, nothing wrong with them"),
                      cat(count, " Zertifikate, an denen nichts auszusetzen ist")}});
}

}  // namespace pforte::doctor
