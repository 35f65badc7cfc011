#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pki/trust_store.h"

namespace pforte::pki {

// In lower case, as Java compares aliases: each letter by itself, beyond ASCII too.
std::string lowered_alias(std::string_view alias);

// An alias as a store of this form has it. Fails with Kind::Invalid (trust.alias): empty, more than 200 bytes, not
// UTF-8, with a control character or one that hides others (is_format_control()); in a directory, where it becomes a
// file, also with a slash or a dot at its beginning.
Result<std::string> canonical_alias(std::string_view alias, StoreForm form);

// A name for a certificate by its subject: "company-root-ca".
std::string alias_by_subject(std::string_view der);

}  // namespace pforte::pki
