#include "kerberos/password_key.h"

#include <krb5/krb5.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab_file.h"

namespace pforte::kerberos {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 5> kShortNames = {
    {{"aes256-sha1", 18}, {"aes128-sha1", 17}, {"aes256-sha2", 20}, {"aes128-sha2", 19}, {"rc4", 23}}};

krb5_data data_of(std::string_view text) {
  return {.magic = KV5M_DATA, .length = unsigned(text.size()), .data = const_cast<char*>(text.data())};
}

}  // namespace

std::string default_salt(const Principal& principal) {
  std::string salt = principal.realm;
  for (const std::string& component : principal.components) salt += component;
  return salt;
}

std::string user_salt(std::string_view realm, std::string_view account) {
  return cat(capitals(realm), account);
}

std::string computer_salt(std::string_view realm, std::string_view account) {
  if (account.ends_with('$')) account.remove_suffix(1);
  return cat(capitals(realm), "host", lowered(account), '.', lowered(realm));
}

Result<Secret> password_key(int encryption, const Secret& password, std::string_view salt,
                            std::string_view parameters) {
  bool known = std::ranges::any_of(kShortNames, [&](const auto& each) { return each.second == encryption; });
  Library library = open_library();
  if (!known || !library)
    return fail(Kind::Invalid, "kerberos.encryption",
                cat("the Kerberos library makes no key of the encryption ", encryption_name(encryption)));
  krb5_data text = data_of(password.reveal()), with = data_of(salt), how = data_of(parameters);
  krb5_keyblock key{};
  krb5_error_code code = krb5_c_string_to_key_with_params(library.get(), encryption, &text, &with,
                                                          parameters.empty() ? nullptr : &how, &key);
  if (code != 0)
    return fail(Kind::Invalid, "kerberos.encryption",
                cat("the Kerberos library makes no key of the encryption ", encryption_name(encryption), ": ",
                    library_text(library.get(), code)));
  Secret made({reinterpret_cast<const char*>(key.contents), key.length});
  krb5_free_keyblock_contents(library.get(), &key);
  return made;
}

std::optional<int> encryption_called(std::string_view name) {
  for (const auto& [short_name, number] : kShortNames) {
    if (name == short_name || name == encryption_name(number)) return number;
  }
  return std::nullopt;
}

}  // namespace pforte::kerberos
