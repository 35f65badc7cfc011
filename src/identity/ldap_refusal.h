#pragma once

#include <string_view>

namespace pforte::identity {

// Why Active Directory refused a bind, from the "data 533" of its diagnostic message: "the account is disabled". Empty
// where it says no more than that login or password are wrong, and for other directories. For the log alone: whoever
// signs in must not learn it.
std::string_view refusal_reason(std::string_view diagnostic);

}  // namespace pforte::identity
