#include "kerberos/account.h"

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::kerberos {

Result<Principal> confirmed_client(Principal client, const std::optional<LogonInfo>& logon, const AccountRule& rule) {
  if (!logon || logon->account.empty()) {
    if (!rule.required) return client;
    return fail(Kind::Denied, "kerberos.no-account",
                cat("the ticket of ", client.to_text(),
                    " does not say whose account it is of, which require_pac asks of ", client.realm));
  }
  if (!client.is_simple()) return client;
  if (equals_ignoring_case(logon->account, client.primary())) {
    client.components.front() = logon->account;
    return client;
  }
  if (!rule.same && !logon->account.ends_with('$')) return client;
  return fail(
      Kind::Denied, "kerberos.other-account",
      cat("the ticket of ", client.to_text(), " is of the account \"", logon->account, "\", which has another name"));
}

}  // namespace pforte::kerberos
