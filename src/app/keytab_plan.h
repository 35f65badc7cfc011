#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/keytab_command.h"
#include "app/keytab_recipe.h"
#include "base/secret.h"
#include "kerberos/keytab_records.h"
#include "kerberos/principal.h"

namespace pforte::app {

// What `keytab create` was told.
struct KeysToMake {
  KeytabRecipe recipe;
  bool encryptions_given = false;
  std::optional<std::uint32_t> key_version;
};

// What goes into the keys of one principal.
struct KeyPlan {
  kerberos::Principal principal;
  std::vector<int> encryptions;
  std::string salt;
  std::string parameters;  // of the KDC; as a rule empty
  std::uint32_t key_version = 0;
  bool is_assumed = false;  // the version: neither was it given, nor told by the KDC
};

// One for each principal. With --ask-kdc the KDC tells salt, version, and, where they are not given, encryptions; where
// it differs from what was given, a warning says so.
Answer<std::vector<KeyPlan>> plans_for(const KeytabCall& call, const KeysToMake& keys, const Secret& password);

}  // namespace pforte::app
