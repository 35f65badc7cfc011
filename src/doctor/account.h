#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "identity/ldap_connection.h"

namespace pforte::doctor {

// userAccountControl. Source: MS-ADTS 2.2.16.
inline constexpr std::uint32_t kAccountDisabled = 0x2;
inline constexpr std::uint32_t kAccountLocked = 0x10;
inline constexpr std::uint32_t kPasswordNotRequired = 0x20;
inline constexpr std::uint32_t kWorkstationAccount = 0x1000;
inline constexpr std::uint32_t kControllerAccount = 0x2000;
inline constexpr std::uint32_t kTrustedForDelegation = 0x80000;
inline constexpr std::uint32_t kNotDelegated = 0x100000;
inline constexpr std::uint32_t kDesKeyOnly = 0x200000;
inline constexpr std::uint32_t kNoPreauthentication = 0x400000;
inline constexpr std::uint32_t kPasswordExpired = 0x800000;

// msDS-SupportedEncryptionTypes. Source: MS-KILE 2.2.7.
inline constexpr std::uint32_t kAccountDes = 0x3;
inline constexpr std::uint32_t kAccountRc4 = 0x4;
inline constexpr std::uint32_t kAccountAes = 0x18;

// An account of a directory, as far as Kerberos goes.
struct Account {
  std::string dn;
  std::string name;                          // sAMAccountName; of a directory without it, the first value of cn
  std::string user_principal;                // userPrincipalName; may be empty
  std::vector<std::string> services;         // servicePrincipalName
  std::vector<std::string> groups;           // memberOf, distinguished names
  std::uint32_t control = 0;                 // userAccountControl, with what is computed of it
  std::optional<std::uint32_t> encryptions;  // msDS-SupportedEncryptionTypes
  std::optional<int> key_version;            // msDS-KeyVersionNumber
  bool must_change_password = false;
  std::optional<std::chrono::sys_seconds> password_set;
  std::optional<std::chrono::sys_seconds> expires;

  bool has(std::uint32_t flag) const { return (control & flag) != 0; }
  bool is_computer() const { return has(kWorkstationAccount | kControllerAccount); }
  // Whether any encryption is said, and AES or better is not among them.
  bool refuses_aes() const;
};

// The attributes that account_of() reads.
std::vector<std::string> account_attributes();

// Reads an entry. What a value has that is no number counts as if it were not there.
Account account_of(const identity::LdapEntry& entry);

// Windows counts in 100 ns from 1601. None for 0 and for "never".
std::optional<std::chrono::sys_seconds> time_of_windows(std::int64_t ticks);

// About how long the ticket of somebody in so many groups is, in bytes of an Authorization header.
// Measured with Samba AD: a token of 1,417 bytes and 8 for each group, in Base64.
std::size_t header_bytes(std::size_t groups);

}  // namespace pforte::doctor
