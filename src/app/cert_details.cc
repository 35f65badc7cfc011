#include "app/cert_details.h"

#include <chrono>

#include "app/cert_finding.h"
#include "app/client_verdict.h"
#include "base/bytes.h"
#include "base/printable.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "pki/authority_information.h"
#include "pki/certificate_text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;
using Texts = std::vector<std::string>;

bool is_authority(const pki::Certificate& certificate) {
  return certificate.basic_constraints && certificate.basic_constraints->ca;
}

pki::Role role_of(const pki::Certificate& certificate) {
  if (!is_authority(certificate)) return pki::Role::Leaf;
  return certificate.self_issued() ? pki::Role::Anchor : pki::Role::Intermediate;
}

std::string sha1_of(const pki::Certificate& certificate) {
  crypto::Sha1 digest = crypto::sha1({certificate.der});
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Texts alternative_names_of(const pki::Certificate& certificate) {
  return certificate.alternative_names ? name_texts(*certificate.alternative_names) : Texts();
}

Texts usages_of(const pki::Certificate& certificate) {
  return certificate.key_usage ? pki::key_usage_names(*certificate.key_usage) : Texts();
}

Texts purposes_of(const pki::Certificate& certificate) {
  return certificate.extended_key_usage ? pki::purpose_names(*certificate.extended_key_usage) : Texts();
}

// A day that has begun counts; notAfter belongs to the lifetime.
std::optional<long> days_of(const pki::Certificate& certificate) {
  if (!certificate.not_before || !certificate.not_after) return std::nullopt;
  auto lifetime = *certificate.not_after - *certificate.not_before + std::chrono::seconds(1);
  return long(std::chrono::ceil<std::chrono::days>(lifetime).count());
}

Json single_json(const CertDetails& details, Language language) {
  const pki::Certificate& it = *details.certificate;
  pki::AuthorityInformation information = authority_information_of(it);
  auto length = it.basic_constraints ? it.basic_constraints->path_length : std::nullopt;
  std::optional<long> days = days_of(it);
  return {{"subject", it.subject.text()},
          {"issuer", it.issuer.text()},
          {"serial", it.serial_text()},
          {"names", alternative_names_of(it)},
          {"not_before", time_text(it.not_before)},
          {"not_after", time_text(it.not_after)},
          {"days", days ? Json(*days) : Json(nullptr)},
          {"key", key_text(it.key)},
          {"signature", it.signature.name},
          {"key_usage", usages_of(it)},
          {"purposes", purposes_of(it)},
          {"authority", is_authority(it)},
          {"path_length", length ? Json(*length) : Json(nullptr)},
          {"public", is_of_public_authority(it)},
          {"issuer_certificates", information.certificates},
          {"ocsp_responders", information.responders},
          {"revocation_lists", list_addresses(it)},
          {"sha256", it.sha256()},
          {"sha1", sha1_of(it)},
          {"findings", rule_findings_json(details.findings, language)}};
}

// Rows of a certificate, none for what it does not say.
class Rows {
 public:
  explicit Rows(Language language) : language_(language) {}

  void add(const Message& name, std::string_view value) {
    if (!value.empty()) text_ += cat("   ", name.in(language_), ": ", printable(value), '\n');
  }
  void add(const Message& name, const Texts& values) {
    std::string all;
    for (const std::string& value : values) all += cat(all.empty() ? "" : ", ", value);
    add(name, all);
  }
  std::string take() { return std::move(text_); }

 private:
  Language language_;
  std::string text_;
};

Message authority_words(const pki::Certificate& certificate) {
  if (!is_authority(certificate)) return {"no", "nein"};
  auto length = certificate.basic_constraints->path_length;
  if (!length) return {"yes", "ja"};
  return {cat("yes, with at most ", *length, " intermediates below"),
          cat("ja, mit höchstens ", *length, " Zwischenzertifikaten darunter")};
}

Message issuer_words(const pki::Certificate& certificate) {
  if (certificate.self_issued()) return {"itself", "es selbst"};
  if (is_of_public_authority(certificate))
    return {cat(certificate.issuer.text(), " (public)"), cat(certificate.issuer.text(), " (öffentlich)")};
  return {certificate.issuer.text(), certificate.issuer.text()};
}

std::string single_text(const CertDetails& details, std::size_t number, Language language) {
  const pki::Certificate& it = *details.certificate;
  pki::AuthorityInformation information = authority_information_of(it);
  std::optional<long> days = days_of(it);
  Message count = days ? Message{cat(" (", *days, " days)"), cat(" (", *days, " Tage)")} : Message{};
  Rows rows(language);
  rows.add({"names", "Namen"}, alternative_names_of(it));
  rows.add({"issuer", "Aussteller"}, issuer_words(it).in(language));
  rows.add({"serial", "Seriennummer"}, it.serial_text());
  rows.add({"valid", "gültig"}, cat(time_text(it.not_before), " .. ", time_text(it.not_after), count.in(language)));
  rows.add({"key", "Schlüssel"}, key_text(it.key));
  rows.add({"signed with", "signiert mit"}, it.signature.name);
  rows.add({"key usage", "Schlüsselverwendung"}, usages_of(it));
  rows.add({"purposes", "Zwecke"}, purposes_of(it));
  rows.add({"CA", "CA"}, authority_words(it).in(language));
  rows.add({"issuer's certificate", "Zertifikat des Ausstellers"}, information.certificates);
  rows.add({"OCSP", "OCSP"}, information.responders);
  rows.add({"revocation list", "Sperrliste"}, list_addresses(it));
  rows.add({"SHA-256", "SHA-256"}, it.sha256());
  rows.add({"SHA-1", "SHA-1"}, sha1_of(it));
  std::string text = cat(number, ". ", printable(subject_text(it)), '\n', rows.take());
  for (const pki::Finding& finding : details.findings) text += rule_finding_text(finding, language);
  return text;
}

}  // namespace

std::vector<CertDetails> details_of(std::span<const pki::Certificate> certificates, const CertQuestion& asked) {
  std::vector<CertDetails> all;
  for (const pki::Certificate& certificate : certificates) {
    pki::Findings findings(asked.profile);
    pki::Role role = role_of(certificate);
    check_certificate(certificate, role, asked.wanted, findings);
    if (role == pki::Role::Leaf) check_leaf(certificate, asked.wanted, findings);
    all.push_back({&certificate, findings.by_level()});
  }
  return all;
}

std::string details_text(const std::vector<CertDetails>& details, const std::vector<pki::ClientVerdict>& clients,
                         Language language) {
  std::string text;
  for (const CertDetails& each : details) text += single_text(each, std::size_t(&each - details.data()) + 1, language);
  return text + clients_text(clients, language);
}

std::string details_json(const std::vector<CertDetails>& details, const std::vector<pki::ClientVerdict>& clients,
                         Language language) {
  Json all = Json::array();
  for (const CertDetails& each : details) all.push_back(single_json(each, language));
  Json document = {{"certificates", std::move(all)}};
  if (!clients.empty()) document["clients"] = clients_json(clients, language);
  return document_text(document);
}

}  // namespace pforte::app
