#include "pki/trust_diff.h"

#include <string_view>
#include <unordered_map>

namespace pforte::pki {

namespace {

std::unordered_map<std::string_view, const TrustEntry*> by_certificate(const TrustStore& store) {
  std::unordered_map<std::string_view, const TrustEntry*> found;
  for (const TrustEntry& entry : store.entries) found.emplace(entry.der, &entry);
  return found;
}

}  // namespace

TrustDiff compare_trust_stores(const TrustStore& first, const TrustStore& second) {
  TrustDiff diff;
  auto in_first = by_certificate(first), in_second = by_certificate(second);
  for (const TrustEntry& entry : first.entries) {
    if (in_first.at(entry.der) != &entry) continue;
    auto other = in_second.find(entry.der);
    if (other == in_second.end()) {
      diff.only_first.push_back(&entry);
    } else if (!entry.alias.empty() && !other->second->alias.empty() && other->second->alias != entry.alias) {
      diff.renamed.push_back({.first = &entry, .second = other->second});
    }
  }
  for (const TrustEntry& entry : second.entries) {
    if (in_second.at(entry.der) == &entry && !in_first.contains(entry.der)) diff.only_second.push_back(&entry);
  }
  return diff;
}

}  // namespace pforte::pki
