#pragma once

#include <string>
#include <utility>
#include <vector>

#include "authority/authority.h"
#include "authority/founding.h"
#include "crypto/private_key.h"
#include "crypto/testing.h"

// An authority in a folder of its own, and its store.

namespace pforte::authority::testing {

using namespace std::chrono_literals;

constexpr UtcTime kNow = std::chrono::sys_days(2026y / std::chrono::June / 1);

struct Company {
  crypto::testing::Folder folder;
  Places places{folder.path() + "/ca"};
  std::unique_ptr<store::Store> store = store::open_sqlite(folder.path() + "/pforte.db").value();

  explicit Company(const Foundation& foundation = {.name = "Example"}) {
    if (!found(places, foundation, Secret("root"), Secret("work"), kNow)) std::abort();
  }
  Authority open(Addresses addresses = {}) const {
    return Authority::open(places, Secret("work"), std::move(addresses)).value();
  }
};

inline std::vector<crypto::AlternativeName> names(std::initializer_list<std::string_view> texts) {
  std::vector<crypto::AlternativeName> all;
  for (std::string_view text : texts) all.push_back(crypto::alternative_name(text).value());
  return all;
}

}  // namespace pforte::authority::testing
