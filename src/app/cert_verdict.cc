#include "app/cert_verdict.h"

#include "app/cert_finding.h"
#include "app/client_verdict.h"
#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

Json step_json(const pki::Certificate& certificate) {
  return {{"subject", certificate.subject.text()},
          {"issuer", certificate.issuer.text()},
          {"serial", certificate.serial_text()},
          {"sha256", certificate.sha256()},
          {"not_before", time_text(certificate.not_before)},
          {"not_after", time_text(certificate.not_after)}};
}

}  // namespace

std::string verdict_text(const pki::Verdict& verdict, const std::vector<pki::ClientVerdict>& clients,
                         Language language) {
  bool german = language == Language::German;
  std::string text;
  if (verdict.trusted) text = german ? "vertrauenswürdig\n" : "trusted\n";
  if (!verdict.trusted) text = german ? "nicht vertrauenswürdig\n" : "not trusted\n";
  for (const pki::Finding& finding : verdict.findings) text += rule_finding_text(finding, language);
  text += german ? "Pfad:\n" : "path:\n";
  std::size_t number = 0;
  for (const pki::Certificate* certificate : verdict.path) {
    text +=
        cat("  ", ++number, ". ", printable(subject_text(*certificate)), "\n     ", time_text(certificate->not_before),
            " .. ", time_text(certificate->not_after), "\n     sha256 ", certificate->sha256(), "\n");
  }
  return text + clients_text(clients, language);
}

std::string verdict_json(const pki::Verdict& verdict, const std::vector<pki::ClientVerdict>& clients,
                         Language language) {
  Json path = Json::array();
  for (const pki::Certificate* certificate : verdict.path) path.push_back(step_json(*certificate));
  Json document = {
      {"trusted", verdict.trusted}, {"path", path}, {"findings", rule_findings_json(verdict.findings, language)}};
  if (!clients.empty()) document["clients"] = clients_json(clients, language);
  return document_text(document);
}

}  // namespace pforte::app
