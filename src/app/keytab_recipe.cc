#include "app/keytab_recipe.h"

#include <algorithm>
#include <filesystem>

#include "base/printable.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "kerberos/password_key.h"

namespace pforte::app {
namespace {

bool has(const KeytabRecipe& recipe, int encryption) {
  return std::ranges::find(recipe.encryptions, encryption) != recipe.encryptions.end();
}

std::string encryption_types(const KeytabRecipe& recipe) {
  std::string types;
  for (auto [number, name] : {std::pair(17, "AES128"), std::pair(18, "AES256"), std::pair(23, "RC4")}) {
    if (has(recipe, number)) types += cat(types.empty() ? "" : ",", name);
  }
  return types;
}

std::string crypto_of(const KeytabRecipe& recipe) {
  if (has(recipe, 18)) return "AES256-SHA1";
  return has(recipe, 17) ? "AES128-SHA1" : "RC4-HMAC-NT";
}

}  // namespace

std::string KeytabRecipe::salt_for(const kerberos::Principal& principal) const {
  if (salt) return *salt;
  return account ? account->salt(principal) : kerberos::default_salt(principal);
}

std::vector<std::string> commands_at_controller(const KeytabRecipe& recipe) {
  std::string types = encryption_types(recipe);
  if (types.empty()) return {};  // Active Directory has no AES-SHA2
  bool computer = recipe.account && recipe.account->kind == DirectoryAccount::Kind::Computer;
  bool named = recipe.account && recipe.account->kind != DirectoryAccount::Kind::Upn;
  std::string account = named ? powershell_word(recipe.account->name) : "ACCOUNT";
  std::string mapped = computer && !account.ends_with('$') ? cat(account, '$') : account;
  std::vector<std::string> commands;
  for (const kerberos::Principal& principal : recipe.principals) {
    std::string name = principal.to_text();
    if (!principal.is_simple())
      commands.push_back(cat("setspn -S ", powershell_word(name.substr(0, name.rfind('@'))), " ", account));
  }
  commands.push_back(cat(computer ? "Set-ADComputer " : "Set-ADUser ", account, " -KerberosEncryptionType ", types));
  std::string out = powershell_word(std::filesystem::path(recipe.file).filename().string());
  for (const kerberos::Principal& principal : recipe.principals) {
    // ktpass makes its principal the account's userPrincipalName, which changes the salt, unless it is told not to.
    std::string keep = named ? cat(" /rawsalt ", powershell_word(recipe.salt_for(principal)), " -SetUpn") : "";
    commands.push_back(cat("ktpass /princ ", powershell_word(principal.to_text()), " /mapuser ", mapped,
                           " /ptype KRB5_NT_PRINCIPAL /crypto ", crypto_of(recipe), keep, " /pass * /out ", out));
  }
  return commands;
}

}  // namespace pforte::app
