#include <algorithm>
#include <ranges>

#include "app/contact_text.h"
#include "base/printable.h"
#include "base/text.h"
#include "gate/selftest_facts.h"

namespace pforte::app {

const contact::Contact* self_test_of(const ContactQuery& query, const ContactFinding& finding) {
  auto newest_first = std::views::reverse(finding.contacts);
  auto found = std::ranges::find_if(newest_first, [&](const contact::Contact& one) {
    return !query.code.empty() && one.selftest == query.code && !one.findings.empty();
  });
  return found == newest_first.end() ? nullptr : &*found;
}

std::string self_test_text(const ContactQuery& query, const ContactFinding& finding, Language language) {
  const contact::Contact* contact = self_test_of(query, finding);
  if (!contact) return "";
  std::string text = language == Language::German ? "Die Seite zeigte dem Menschen vor dem Browser:\n"
                                                  : "The page showed whoever sits in front of the browser:\n";
  for (const gate::SelfTestRow& row : gate::rows_of(gate::facts_of(*contact))) {
    text += cat("  ", row.what.in(language), ": ", printable(row.value), '\n');
    if (!row.advice.in(language).empty()) text += cat("    ", row.advice.in(language), '\n');
  }
  return text;
}

}  // namespace pforte::app
