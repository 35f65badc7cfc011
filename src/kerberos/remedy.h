#pragma once

#include <string_view>

namespace pforte::kerberos {

// What to do about a ticket that failed with this code of Acceptor::accept(): one English sentence, without a full
// stop, for the log. Empty for other codes. docs/errors.md says more.
std::string_view remedy_for(std::string_view code);

}  // namespace pforte::kerberos
