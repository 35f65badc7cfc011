#include "doctor/account.h"

#include <charconv>
#include <limits>

#include "base/ascii.h"

namespace pforte::doctor {
namespace {

std::string first_value(const identity::LdapEntry& entry, std::string_view name) {
  auto found = entry.values.find(lowered(name));
  return found == entry.values.end() || found->second.empty() ? "" : found->second.front();
}

std::vector<std::string> all_values(const identity::LdapEntry& entry, std::string_view name) {
  auto found = entry.values.find(lowered(name));
  return found == entry.values.end() ? std::vector<std::string>() : found->second;
}

std::optional<std::int64_t> number_of(const identity::LdapEntry& entry, std::string_view name) {
  std::string text = first_value(entry, name);
  std::int64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = failure == std::errc() && !text.empty() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

}  // namespace

bool Account::refuses_aes() const {
  return encryptions && *encryptions != 0 && (*encryptions & kAccountAes) == 0;
}

std::vector<std::string> account_attributes() {
  return {"sAMAccountName",
          "cn",
          "userPrincipalName",
          "servicePrincipalName",
          "memberOf",
          "userAccountControl",
          "msDS-User-Account-Control-Computed",
          "msDS-SupportedEncryptionTypes",
          "msDS-KeyVersionNumber",
          "pwdLastSet",
          "accountExpires"};
}

Account account_of(const identity::LdapEntry& entry) {
  Account account;
  account.dn = entry.dn;
  account.name = first_value(entry, "sAMAccountName");
  if (account.name.empty()) account.name = first_value(entry, "cn");
  account.user_principal = first_value(entry, "userPrincipalName");
  account.services = all_values(entry, "servicePrincipalName");
  account.groups = all_values(entry, "memberOf");
  std::int64_t control = number_of(entry, "userAccountControl").value_or(0);
  std::int64_t computed = number_of(entry, "msDS-User-Account-Control-Computed").value_or(0);
  account.control = std::uint32_t(control | computed);
  if (auto types = number_of(entry, "msDS-SupportedEncryptionTypes")) account.encryptions = std::uint32_t(*types);
  if (auto version = number_of(entry, "msDS-KeyVersionNumber")) account.key_version = int(*version);
  if (auto set = number_of(entry, "pwdLastSet")) {
    account.must_change_password = *set == 0;
    account.password_set = time_of_windows(*set);
  }
  account.expires = time_of_windows(number_of(entry, "accountExpires").value_or(0));
  return account;
}

std::optional<std::chrono::sys_seconds> time_of_windows(std::int64_t ticks) {
  constexpr std::int64_t kTicksInSecond = 10'000'000;
  constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;
  if (ticks <= 0 || ticks == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(ticks / kTicksInSecond - kSecondsTo1970));
}

std::size_t header_bytes(std::size_t groups) {
  constexpr std::size_t kToken = 1417, kGroup = 8;
  constexpr std::string_view kScheme = "Negotiate ";
  return kScheme.size() + (kToken + kGroup * groups + 2) / 3 * 4;
}

}  // namespace pforte::doctor
