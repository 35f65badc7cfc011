#include "app/inventory_json.h"

#include <nlohmann/json.hpp>

#include "base/time.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

Json use_json(const inventory::Use& use) {
  return {{"kind", inventory::name_of(use.kind)},
          {"place", use.place},
          {"first", rfc3339(use.first)},
          {"last", rfc3339(use.last)},
          {"current", use.current}};
}

Json kept_json(const inventory::Entry& entry, inventory::Time now) {
  Json uses = Json::array();
  for (const inventory::Use& use : entry.uses) uses.push_back(use_json(use));
  return {{"sha256", entry.sha256},
          {"subject", entry.subject},
          {"issuer", entry.issuer},
          {"serial", entry.serial},
          {"names", entry.names},
          {"not_before", rfc3339(entry.not_before)},
          {"not_after", rfc3339(entry.not_after)},
          {"state", inventory::name_of(inventory::validity_of(entry, now))},
          {"revoked", entry.retired ? Json(rfc3339(*entry.retired)) : Json(nullptr)},
          {"source", inventory::name_of(entry.source)},
          {"owner", entry.owner},
          {"has_key", entry.has_key},
          {"authority", entry.is_authority},
          {"kept", rfc3339(entry.kept)},
          {"uses", std::move(uses)}};
}

std::string text_of_inventory(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string inventory_json(const std::vector<inventory::Entry>& entries, const RevocationReasons& reasons,
                           inventory::Time now) {
  // One line for each: a document of 10,000 takes a second to build and to indent.
  std::string text = "{\"certificates\": [";
  for (const inventory::Entry& entry : entries) {
    text += text.ends_with('[') ? "\n" : ",\n";
    Json kept = kept_json(entry, now);
    auto reason = reasons.find(entry.sha256);
    kept["reason"] = reason == reasons.end() ? Json(nullptr) : Json(reason->second);
    text += kept.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return text + "\n]}\n";
}

std::string imported_json(const std::vector<inventory::ImportedCertificate>& imported, inventory::Time now) {
  Json list = Json::array();
  for (const inventory::ImportedCertificate& one : imported) {
    Json certificate = kept_json(one.entry, now);
    certificate["chain_length"] = one.chain_length;
    certificate["missing_issuer"] = one.missing_issuer.empty() ? Json(nullptr) : Json(one.missing_issuer);
    list.push_back(std::move(certificate));
  }
  return text_of_inventory({{"imported", std::move(list)}});
}

std::string one_json(std::string_view key, const inventory::Entry& entry, inventory::Time now) {
  Json document;
  document[std::string(key)] = kept_json(entry, now);
  return text_of_inventory(document);
}

}  // namespace pforte::app
