#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "kerberos/principal.h"

// Keys from passwords. The library makes them; what goes in beside the password is decided here.

namespace pforte::kerberos {

// The salt of a principal that nobody gave another: realm and components, one after the other. So do MIT krb5 and
// Heimdal, and so does Active Directory with the name before the '@' of an account's userPrincipalName.
// Source: RFC 4120, 4 (default salt); MS-KILE 3.1.1.2.
std::string default_salt(const Principal& principal);

// The salt of an account of Active Directory without a userPrincipalName, by its sAMAccountName: of a user, and of a
// computer ("PC01" or "PC01$"). The realm's case does not matter, an account's does.
// Source: MS-KILE 3.1.1.2.
std::string user_salt(std::string_view realm, std::string_view account);
std::string computer_salt(std::string_view realm, std::string_view account);

// The key that a password makes: RFC 3962 for 17 and 18, RFC 8009 for 19 and 20, RFC 4757 for 23, which has no salt.
// `parameters` are those of an ETYPE-INFO2 (RFC 4120, 5.2.7.5); empty: the default. Fails with Kind::Invalid for other
// encryptions and for what the library refuses.
Result<Secret> password_key(int encryption, const Secret& password, std::string_view salt,
                            std::string_view parameters = {});

// "aes256-sha1", "aes128-sha1", "aes256-sha2", "aes128-sha2" and "rc4" as the command line has them, and the names of
// encryption_name(). None: another, or one that no key can be made for, as DES.
std::optional<int> encryption_called(std::string_view name);

}  // namespace pforte::kerberos
