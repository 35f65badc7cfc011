#include "app/ca_json.h"

#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"
#include "pki/peer_name.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string ca_document(const Json& json) {
  return cat(json.dump(2, ' ', false, Json::error_handler_t::replace), '\n');
}

// "10.0.0.0/8" from address and mask.
std::string network_text(std::string_view bytes) {
  std::string_view mask = bytes.substr(bytes.size() / 2);
  int bits = 0;
  for (char byte : mask) bits += std::popcount(static_cast<std::uint8_t>(byte));
  return cat(pki::address_text(bytes.substr(0, bytes.size() / 2)), '/', bits);
}

std::vector<std::string> permitted_by(const pki::Certificate& certificate) {
  std::vector<std::string> names;
  if (!certificate.name_constraints) return names;
  for (const pki::GeneralName& name : certificate.name_constraints->permitted)
    names.push_back(name.form == pki::NameForm::Ip ? network_text(name.value) : name.value);
  return names;
}

Json ca_certificate_json(const std::optional<authority::CaCertificate>& certificate) {
  if (!certificate) return nullptr;
  const pki::Certificate& judged = certificate->judged;
  return {{"subject", judged.subject.text()},
          {"issuer", judged.issuer.text()},
          {"serial", judged.serial_text()},
          {"not_before", rfc3339(*judged.not_before)},
          {"not_after", rfc3339(*judged.not_after)},
          {"permitted", permitted_by(judged)},
          {"sha256", judged.sha256()}};
}

Json ledger_json(const authority::LedgerEntry& entry) {
  Json json = {{"serial", entry.serial},
               {"subject", entry.subject},
               {"names", entry.names},
               {"profile", name_of(entry.profile)},
               {"not_before", rfc3339(entry.not_before)},
               {"not_after", rfc3339(entry.not_after)},
               {"issued", rfc3339(entry.issued)},
               {"revoked", nullptr},
               {"reason", nullptr}};
  if (!entry.revoked) return json;
  json["revoked"] = rfc3339(*entry.revoked);
  json["reason"] = name_of(entry.reason);
  return json;
}

}  // namespace

std::string standing_json(const std::optional<authority::CaCertificate>& root,
                          const std::optional<authority::CaCertificate>& intermediate, bool root_key_here) {
  return ca_document({{"root", ca_certificate_json(root)},
                      {"intermediate", ca_certificate_json(intermediate)},
                      {"root_key_here", root_key_here}});
}

std::string request_json(const std::string& file) {
  return ca_document({{"request", file}});
}

std::string pem_json(std::string_view pem, const std::optional<std::string>& file) {
  return ca_document({{"pem", pem}, {"file", file ? Json(*file) : Json(nullptr)}});
}

std::string entry_json(const authority::LedgerEntry& entry) {
  return ca_document(ledger_json(entry));
}

std::string entries_json(const std::vector<authority::LedgerEntry>& entries) {
  Json all = Json::array();
  for (const authority::LedgerEntry& entry : entries) all.push_back(ledger_json(entry));
  return ca_document({{"certificates", std::move(all)}});
}

std::string package_json(const std::string& folder, const std::vector<authority::PackageFile>& files,
                         const std::string& fingerprint) {
  Json names = Json::array();
  for (const authority::PackageFile& file : files) names.push_back(file.name);
  return ca_document({{"folder", folder}, {"sha256", fingerprint}, {"files", std::move(names)}});
}

std::string bounds_text(const pki::Certificate& certificate) {
  std::string text;
  for (const std::string& name : permitted_by(certificate)) text += cat(text.empty() ? "" : ", ", name);
  return text;
}

}  // namespace pforte::app
