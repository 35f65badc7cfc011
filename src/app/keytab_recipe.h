#pragma once

#include <string>
#include <vector>

#include "app/keytab_command.h"
#include "kerberos/principal.h"

namespace pforte::app {

// What a keytab is made of.
struct KeytabRecipe {
  std::vector<kerberos::Principal> principals;
  std::vector<int> encryptions;  // RFC 3961 numbers
  std::optional<DirectoryAccount> account;
  std::optional<std::string> salt;  // where it is given; else the account's, else the default
  std::string file;

  std::string salt_for(const kerberos::Principal& principal) const;
};

// The commands that make the same keytab where the account is: at a domain controller, to be pasted into PowerShell.
// None of them has a password in it.
std::vector<std::string> commands_at_controller(const KeytabRecipe& recipe);

}  // namespace pforte::app
