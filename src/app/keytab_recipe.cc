#include "app/keytab_recipe.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

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

// Whether all principals belong to one account: then they have one salt. By default each has that of its own name, as
// one account each.
bool has_one_account(const KeytabRecipe& recipe) {
  return recipe.account || recipe.salt || recipe.principals.size() == 1;
}

// The account of a principal, or a word that stands for it.
std::string account_at(const KeytabRecipe& recipe, std::size_t index) {
  if (recipe.account && recipe.account->kind != DirectoryAccount::Kind::Upn) return recipe.account->name;
  return has_one_account(recipe) ? "ACCOUNT" : cat("ACCOUNT", index + 1);
}

// The file after so many keys; each call of ktpass adds to that of the one before, and writes another.
std::string file_after(const KeytabRecipe& recipe, std::size_t count) {
  std::string last = std::filesystem::path(recipe.file).filename().string();
  return powershell_word(count == recipe.principals.size() ? last : cat(count, '-', last));
}

std::string ktpass(const KeytabRecipe& recipe, std::size_t index, const std::string& account) {
  const kerberos::Principal& principal = recipe.principals[index];
  // It makes its principal the account's userPrincipalName, which changes the salt, unless it is told not to.
  bool keeps_name = recipe.account || recipe.salt;
  std::string keep = keeps_name ? cat(" /rawsalt ", powershell_word(recipe.salt_for(principal)), " -SetUpn") : "";
  // A password that is set again has the next key version, so that the key before would open nothing.
  if (index > 0 && has_one_account(recipe)) keep += " -SetPass";
  std::string in = index > 0 ? cat(" /in ", file_after(recipe, index)) : "";
  return cat("ktpass /princ ", powershell_word(principal.to_text()), " /mapuser ", powershell_word(account),
             " /ptype KRB5_NT_PRINCIPAL /crypto ", crypto_of(recipe), keep, " /pass *", in, " /out ",
             file_after(recipe, index + 1));
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
  std::vector<std::string> names, settings, keys;
  for (std::size_t i = 0; i < recipe.principals.size(); ++i) {
    const kerberos::Principal& principal = recipe.principals[i];
    std::string account = account_at(recipe, i), name = principal.to_text();
    if (!principal.is_simple())
      names.push_back(
          cat("setspn -S ", powershell_word(name.substr(0, name.rfind('@'))), " ", powershell_word(account)));
    if (i == 0 || !has_one_account(recipe))
      settings.push_back(cat(computer ? "Set-ADComputer " : "Set-ADUser ", powershell_word(account),
                             " -KerberosEncryptionType ", types));
    keys.push_back(ktpass(recipe, i, computer && !account.ends_with('$') ? cat(account, '$') : account));
  }
  std::ranges::move(settings, std::back_inserter(names));
  std::ranges::move(keys, std::back_inserter(names));
  return names;
}

}  // namespace pforte::app
