#include "doctor/account.h"

#include <doctest/doctest.h>

#include <limits>

#include "doctor/account_check.h"

namespace pforte::doctor {
namespace {

identity::LdapEntry entry_with(const std::string& name, const std::string& value) {
  return {.dn = "CN=svc", .values = {{"samaccountname", {"svc"}}, {name, {value}}}};
}

Account normal_account(std::uint32_t control) {
  Account account;
  account.name = "svc";
  account.control = control;
  account.encryptions = kAccountAes;
  return account;
}

// The first warning or error about an account.
std::string_view fault_of_account(const Account& account) {
  Path path("kerberos", {{.name = {"gate", "Tor"}}, {.name = {"directory", "Verzeichnis"}}});
  judge_account({.service = "HTTP/a.test",
                 .realm = "A.TEST",
                 .account = account,
                 .keytab = "/etc/a.keytab",
                 .key_versions = {3, 4},
                 .now = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1)},
                1, path);
  for (const Finding* finding : path.in_order()) {
    if (finding->level >= Level::Warning) return finding->check.id;
  }
  return "";
}

TEST_CASE("the length of a ticket grows by eight bytes for each group, and a third in Base64") {
  CHECK(header_bytes(0) == 1902);
  CHECK(header_bytes(500) < 8192);
  CHECK(header_bytes(590) > 8190);
  CHECK(header_bytes(1000) / 1000 == 12);
}

TEST_CASE("times of Windows are read, and those that mean never are none") {
  CHECK(time_of_windows(116'444'736'000'000'000) == std::chrono::sys_seconds());
  CHECK(!time_of_windows(0));
  CHECK(!time_of_windows(-1));
  CHECK(!time_of_windows(std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("a value that is no number is none") {
  CHECK(!account_of(entry_with("msds-supportedencryptiontypes", "18 ")).encryptions);
  CHECK(account_of(entry_with("useraccountcontrol", "0x200")).control == 0);
  CHECK(account_of(entry_with("msds-keyversionnumber", "4")).key_version == 4);
  CHECK(account_of(entry_with("pwdlastset", "0")).must_change_password);
}

TEST_CASE("computed flags count beside those that were set") {
  CHECK(account_of(entry_with("msds-user-account-control-computed", "8388608")).has(kPasswordExpired));
}

TEST_CASE("a key version of a read-only domain controller has a number of its own above") {
  Account account = normal_account(0x200);
  CHECK(fault_of_account(account).empty());
  account.key_version = (7 << 16) | 4;
  CHECK(fault_of_account(account).empty());
  account.key_version = (7 << 16) | 5;
  CHECK(fault_of_account(account) == "account.key-version");
}

TEST_CASE("of a key version above 255 a keytab of ktpass has the lowest eight bits") {
  Account account = normal_account(0x200);
  account.key_version = 256 + 4;
  CHECK(fault_of_account(account).empty());
  account.key_version = 256 + 5;
  CHECK(fault_of_account(account) == "account.key-version");
}

TEST_CASE("a domain controller is trusted for delegation as it is") {
  Account account = normal_account(kControllerAccount | kTrustedForDelegation);
  CHECK(fault_of_account(account) == "account.computer");
  account.control = 0x200 | kTrustedForDelegation;
  CHECK(fault_of_account(account) == "account.unconstrained-delegation");
}

}  // namespace
}  // namespace pforte::doctor
