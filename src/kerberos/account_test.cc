#include "kerberos/account.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pforte::kerberos {
namespace {

constexpr AccountRule kLenient;
constexpr AccountRule kStrict{.required = true, .same = true};

// Who it is, or why nobody. Without an account: a ticket without a PAC.
std::string who(std::string_view client, std::string_view account, const AccountRule& rule) {
  std::optional<LogonInfo> logon;
  if (!account.empty()) logon = LogonInfo{.account = std::string(account), .name = {}, .groups = {}};
  Result<Principal> confirmed = confirmed_client(parse_principal(client).value(), logon, rule);
  return confirmed ? confirmed->to_text() : std::string(confirmed.error().code());
}

}  // namespace

TEST_CASE("a client is spelled as the directory spells its account") {
  for (const AccountRule& rule : {kLenient, kStrict}) {
    CHECK(who("susan@A", "susan", rule) == "susan@A");
    CHECK(who("SUSAN@A", "Susan", rule) == "Susan@A");
    CHECK(who("Pc01$@A", "PC01$", rule) == "PC01$@A");
  }
}

TEST_CASE("a computer never has the name of somebody else") {
  for (const AccountRule& rule : {kLenient, kStrict}) {
    CHECK(who("admin@A", "ADMIN$", rule) == "kerberos.other-account");
    CHECK(who("admin@A", "pc01$", rule) == "kerberos.other-account");
    CHECK(who("pc01$@A", "pc02$", rule) == "kerberos.other-account");
  }
}

TEST_CASE("a person comes under another name only where that is permitted") {
  CHECK(who("s.summer@A", "susan", kLenient) == "s.summer@A");
  CHECK(who("s.summer@A", "susan", kStrict) == "kerberos.other-account");
}

TEST_CASE("a name with an instance is none of an account") {
  CHECK(who("HTTP/crm.a@A", "svc-crm", kStrict) == "HTTP/crm.a@A");
  CHECK(who("HTTP/crm.a@A", "crm$", kStrict) == "HTTP/crm.a@A");
}

TEST_CASE("a ticket that names no account is refused where it has to") {
  CHECK(who("susan@A", "", kLenient) == "susan@A");
  CHECK(who("susan@A", "", kStrict) == "kerberos.no-account");
  CHECK(who("HTTP/crm.a@A", "", kStrict) == "kerberos.no-account");
  CHECK(confirmed_client(parse_principal("susan@A").value(), LogonInfo{}, kStrict).error().code() ==
        "kerberos.no-account");
}

}  // namespace pforte::kerberos
