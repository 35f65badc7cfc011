#include "app/trust_json.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/german.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string document(const Json& json) {
  return cat(json.dump(2, ' ', false, Json::error_handler_t::replace), '\n');
}

Json alias_json(const std::string& alias) {
  return alias.empty() ? Json(nullptr) : Json(alias);
}

Json certificate_json(const std::string& alias, const std::string& der) {
  auto outline = crypto::outline_of(der);
  if (!outline) return {{"alias", alias_json(alias)}, {"sha256", pki::sha256_of(der)}};
  return {{"alias", alias_json(alias)},
          {"subject", crypto::name_text(outline->subject)},
          {"issuer", crypto::name_text(outline->issuer)},
          {"serial", to_hex(outline->serial)},
          {"not_before", rfc3339(outline->not_before)},
          {"not_after", rfc3339(outline->not_after)},
          {"sha256", pki::sha256_of(der)}};
}

Json entries_json(const std::vector<const pki::TrustEntry*>& entries) {
  Json all = Json::array();
  for (const pki::TrustEntry* entry : entries) all.push_back(certificate_json(entry->alias, entry->der));
  return all;
}

Json finding_json(const pki::TrustStore& store, const pki::LintFinding& finding, Language language) {
  Json commands = Json::object();
  if (!finding.command.empty()) commands["pforte"] = finding.command;
  if (!finding.other_command.empty())
    commands[finding.other_command.starts_with("keytool") ? "keytool" : "other"] = finding.other_command;
  Json certificate;
  if (finding.entry) certificate = certificate_json(finding.alias, store.entries[*finding.entry].der);
  return {{"id", finding.id},
          {"level", finding.level == pki::LintLevel::Error ? "error" : "warning"},
          {"certificate", std::move(certificate)},
          {"alias", alias_json(finding.alias)},
          {"message", language == Language::German ? german_or_same(finding.why.de) : finding.why.en},
          {"source", finding.source},
          {"remedy", finding.remedy.in(language)},
          {"commands", std::move(commands)}};
}

Json findings_json(const pki::TrustStore& store, const std::vector<pki::LintFinding>& findings, Language language) {
  Json all = Json::array();
  for (const pki::LintFinding& finding : findings) all.push_back(finding_json(store, finding, language));
  return all;
}

}  // namespace

std::string list_json(const pki::TrustStore& store, std::optional<std::size_t> only) {
  Json entries = Json::array(), keys = Json::array();
  for (std::size_t i = 0; i < store.entries.size(); ++i) {
    if (!only || *only == i) entries.push_back(certificate_json(store.entries[i].alias, store.entries[i].der));
  }
  for (const pki::KeyEntry& key : store.keys) {
    auto outline = key.chain.empty() ? std::nullopt : crypto::outline_of(key.chain.front());
    keys.push_back({{"alias", alias_json(key.alias)},
                    {"subject", outline ? Json(crypto::name_text(outline->subject)) : Json(nullptr)}});
  }
  Json unreadable = Json::array();
  for (const Error& why : store.unreadable) unreadable.push_back(why.text());
  return document({{"store", store.name},
                   {"form", pki::name_of(store.form)},
                   {"checked", store.checked},
                   {"unreadable", std::move(unreadable)},
                   {"entries", std::move(entries)},
                   {"private_keys", std::move(keys)}});
}

std::string added_json(const pki::TrustStore& store, const std::vector<pki::Added>& added,
                       const std::vector<pki::LintFinding>& findings, Language language) {
  Json all = Json::array();
  for (const pki::Added& each : added) {
    Json certificate = certificate_json(each.alias, each.der);
    certificate["was_there"] = each.was_there;
    all.push_back(std::move(certificate));
  }
  return document({{"store", store.name},
                   {"form", pki::name_of(store.form)},
                   {"added", std::move(all)},
                   {"findings", findings_json(store, findings, language)}});
}

std::string removed_json(const std::string& store, const std::vector<pki::TrustEntry>& entries) {
  const pki::TrustEntry& first = entries.front();
  return document({{"store", store}, {"removed", certificate_json(first.alias, first.der)}, {"count", entries.size()}});
}

std::string duplicates_json(const std::string& store, const std::vector<pki::TrustEntry>& entries) {
  Json all = Json::array();
  for (const pki::TrustEntry& entry : entries) all.push_back(certificate_json(entry.alias, entry.der));
  return document({{"store", store}, {"duplicates", std::move(all)}});
}

std::string diff_json(const pki::TrustDiff& diff) {
  Json renamed = Json::array();
  for (const pki::TrustDiff::Renamed& each : diff.renamed) {
    renamed.push_back({{"sha256", pki::sha256_of(each.first->der)},
                       {"first", alias_json(each.first->alias)},
                       {"second", alias_json(each.second->alias)}});
  }
  return document({{"same", diff.same()},
                   {"only_in_first", entries_json(diff.only_first)},
                   {"only_in_second", entries_json(diff.only_second)},
                   {"renamed", std::move(renamed)}});
}

std::string lint_json(const pki::TrustStore& store, const std::vector<pki::LintFinding>& findings, Language language) {
  return document({{"store", store.name},
                   {"form", pki::name_of(store.form)},
                   {"findings", findings_json(store, findings, language)}});
}

}  // namespace pforte::app
