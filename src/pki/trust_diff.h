#pragma once

#include <string>
#include <vector>

#include "pki/trust_store.h"

namespace pforte::pki {

// How two stores differ, by the SHA-256 of their certificates. Entries stand in the order of their store; pointers live
// as long as the stores.
struct TrustDiff {
  struct Renamed {
    const TrustEntry* first;
    const TrustEntry* second;
  };
  std::vector<const TrustEntry*> only_first;
  std::vector<const TrustEntry*> only_second;
  std::vector<Renamed> renamed;  // in both, under other aliases

  bool same() const { return only_first.empty() && only_second.empty(); }
};

TrustDiff compare_trust_stores(const TrustStore& first, const TrustStore& second);

}  // namespace pforte::pki
