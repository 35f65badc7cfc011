#include "app/client_verdict.h"

#include <string_view>

#include "app/cert_finding.h"
#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string padded(std::string_view text, std::size_t width) {
  return cat(text, std::string(width > text.size() ? width - text.size() : 0, ' '));
}

std::string_view override_word(const pki::ClientVerdict& verdict) {
  return verdict.trusted ? "" : verdict.can_override ? "unless-hsts" : "no";
}

std::string outcome(const pki::ClientVerdict& verdict, Language language) {
  if (verdict.trusted) return language == Language::German ? "vertrauenswürdig" : "trusted";
  Message refusal{"not trusted", "nicht vertrauenswürdig"};
  Message may{"; a person may go on, except where the site has HSTS",
              "; ein Mensch kann trotzdem weiter, außer bei HSTS"};
  Message may_not{"; nobody can go on", "; niemand kommt weiter"};
  std::string says = verdict.message.empty() ? "" : cat(": ", printable(verdict.message));
  return cat(refusal.in(language), says, (verdict.can_override ? may : may_not).in(language));
}

}  // namespace

std::string clients_text(const std::vector<pki::ClientVerdict>& verdicts, Language language) {
  if (verdicts.empty()) return "";
  std::string text = "clients:\n";
  if (language == Language::German) text = "Clients:\n";
  for (const pki::ClientVerdict& verdict : verdicts) {
    text += cat("  ", padded(name_of(verdict.kind), 9), padded(verdict.program, 10), outcome(verdict, language), '\n');
    if (!verdict.note.en.empty()) text += cat("           ", printable(verdict.note.in(language)), '\n');
  }
  return text;
}

Json clients_json(const std::vector<pki::ClientVerdict>& verdicts, Language language) {
  Json all = Json::array();
  for (const pki::ClientVerdict& verdict : verdicts) {
    std::string_view override = override_word(verdict);
    all.push_back({{"client", name_of(verdict.kind)},
                   {"program", verdict.program},
                   {"trusted", verdict.trusted},
                   {"override", override.empty() ? Json(nullptr) : Json(override)},
                   {"message", verdict.message.empty() ? Json(nullptr) : Json(verdict.message)},
                   {"note", verdict.note.en.empty() ? Json(nullptr) : Json(verdict.note.in(language))},
                   {"findings", rule_findings_json(verdict.findings, language)}});
  }
  return all;
}

}  // namespace pforte::app
