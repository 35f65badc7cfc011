#pragma once

#include <optional>

#include "base/error.h"
#include "kerberos/pac.h"
#include "kerberos/principal.h"

namespace pforte::kerberos {

// How much a ticket has to say of its account.
struct AccountRule {
  bool required = false;  // a ticket that names no account is refused
  bool same = false;      // so is one whose account has another name than its client
};

// The client of a ticket, spelled as the directory spells its account: a domain controller writes into a ticket the
// name that was asked for, which may be in another case, be that of a UPN, or lack the "$" of a computer's account. So
// whoever may add a computer to the domain can have a ticket in any name that no person there has. `logon` is what the
// verified PAC says, if there is one.
//
// Names with an instance ("HTTP/host") are never those of an account, and stay. A computer under another name than its
// own is refused whatever `rule` says. Fails with Kind::Denied.
// Source: MS-KILE 3.3.5.6.1, RFC 6806 section 3.
Result<Principal> confirmed_client(Principal client, const std::optional<LogonInfo>& logon, const AccountRule& rule);

}  // namespace pforte::kerberos
