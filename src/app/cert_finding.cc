#include "app/cert_finding.h"

#include <string_view>

#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "pki/peer_name.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word_for(pki::Level level, bool german) {
  if (!german) return pki::name_of(level);
  return level == pki::Level::Error ? "Fehler" : level == pki::Level::Warning ? "Warnung" : "Hinweis";
}

}  // namespace

std::string subject_text(const pki::Certificate& certificate) {
  std::string subject = certificate.subject.text();
  return subject.empty() ? cat("(", pki::names_text(certificate), ")") : subject;
}

std::string time_text(const std::optional<pki::Instant>& time) {
  return time ? rfc3339(*time) : "";
}

std::string rule_finding_text(const pki::Finding& finding, Language language) {
  bool german = language == Language::German;
  const pki::Rule& rule = *finding.rule;
  return cat(word_for(finding.level, german), ": ", printable(subject_text(*finding.certificate)), ": ",
             printable(finding.text().in(language)), " [", rule.id, "; ", rule.source, "]\n",
             german ? "Hilfe: " : "help: ", german ? rule.remedy.de : rule.remedy.en, "\n");
}

Json rule_finding_json(const pki::Finding& finding, Language language) {
  const pki::Rule& rule = *finding.rule;
  return {{"id", rule.id},
          {"level", pki::name_of(finding.level)},
          {"certificate", subject_text(*finding.certificate)},
          {"sha256", finding.certificate->sha256()},
          {"message", finding.text().in(language)},
          {"source", rule.source},
          {"remedy", language == Language::German ? rule.remedy.de : rule.remedy.en}};
}

Json rule_findings_json(const std::vector<pki::Finding>& findings, Language language) {
  Json all = Json::array();
  for (const pki::Finding& finding : findings) all.push_back(rule_finding_json(finding, language));
  return all;
}

std::string document_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pforte::app
