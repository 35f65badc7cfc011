#include "app/cert_verdict.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "app/text_table.h"
#include "base/text.h"
#include "base/time.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string time_text(const std::optional<pki::Instant>& time) {
  return time ? rfc3339(*time) : "";
}

// A certificate without a subject is known by its names.
std::string subject_text(const pki::Certificate& certificate) {
  std::string subject = certificate.subject.text();
  return subject.empty() ? cat("(", pki::names_text(certificate), ")") : subject;
}

std::string_view word_for(pki::Level level, bool german) {
  if (!german) return pki::name_of(level);
  return level == pki::Level::Error ? "Fehler" : level == pki::Level::Warning ? "Warnung" : "Hinweis";
}

Json json_of(const pki::Certificate& certificate) {
  return {{"subject", certificate.subject.text()},
          {"issuer", certificate.issuer.text()},
          {"serial", certificate.serial_text()},
          {"sha256", certificate.sha256()},
          {"not_before", time_text(certificate.not_before)},
          {"not_after", time_text(certificate.not_after)}};
}

Json json_of(const pki::Finding& finding, bool german) {
  Message text = finding.text();
  const pki::Rule& rule = *finding.rule;
  return {{"id", rule.id},
          {"level", pki::name_of(finding.level)},
          {"certificate", subject_text(*finding.certificate)},
          {"sha256", finding.certificate->sha256()},
          {"message", german ? text.de : text.en},
          {"source", rule.source},
          {"remedy", german ? rule.remedy.de : rule.remedy.en}};
}

// What a certificate says of itself must not steer the terminal, nor pass for a line of the verdict.
std::string text_of(const pki::Finding& finding, bool german) {
  Message text = finding.text();
  const pki::Rule& rule = *finding.rule;
  return cat(word_for(finding.level, german), ": ", printable(subject_text(*finding.certificate)), ": ",
             printable(german ? text.de : text.en), " [", rule.id, "; ", rule.source, "]\n",
             german ? "Hilfe: " : "help: ", german ? rule.remedy.de : rule.remedy.en, "\n");
}

}  // namespace

std::string text_of(const pki::Verdict& verdict, Language language) {
  bool german = language == Language::German;
  std::string text;
  if (verdict.trusted) text = german ? "vertrauenswürdig\n" : "trusted\n";
  if (!verdict.trusted) text = german ? "nicht vertrauenswürdig\n" : "not trusted\n";
  for (const pki::Finding& finding : verdict.findings) text += text_of(finding, german);
  text += german ? "Pfad:\n" : "path:\n";
  std::size_t number = 0;
  for (const pki::Certificate* certificate : verdict.path) {
    text +=
        cat("  ", ++number, ". ", printable(subject_text(*certificate)), "\n     ", time_text(certificate->not_before),
            " .. ", time_text(certificate->not_after), "\n     sha256 ", certificate->sha256(), "\n");
  }
  return text;
}

std::string json_of(const pki::Verdict& verdict, Language language) {
  bool german = language == Language::German;
  Json path = Json::array(), findings = Json::array();
  for (const pki::Certificate* certificate : verdict.path) path.push_back(json_of(*certificate));
  for (const pki::Finding& finding : verdict.findings) findings.push_back(json_of(finding, german));
  Json document = {{"trusted", verdict.trusted}, {"path", path}, {"findings", findings}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pforte::app
