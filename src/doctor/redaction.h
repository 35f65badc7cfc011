#pragma once

#include <string>
#include <string_view>

#include "doctor/finding.h"

namespace pforte::doctor {

// What stands in place of a secret.
inline constexpr std::string_view kMask = "***";

// `text` with its secrets masked, so that a report can be handed to others: user and password of a URL, what follows
// the scheme in Authorization, values of cookies, parameters that carry passwords, tokens and tickets, JSON Web Tokens,
// Kerberos and NTLM tokens, private keys, and passwords in commands (`curl -u`). What is around them stays. Masking
// twice is the same as once.
std::string redacted(std::string_view text);

// Every text of a finding; evidence is judged by its name as well: "Cookie" and "id=17".
void redact(Finding& finding);

}  // namespace pforte::doctor
