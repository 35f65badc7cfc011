#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pki/trust_store_content.h"

namespace pforte::pki {

// The forms of trust stores that Java has: PKCS#12, JKS and JCEKS.

// Whether a file begins like one of them.
bool is_java_content(std::string_view bytes);

// Fails as read_trust_store().
Result<std::unique_ptr<StoreContent>> read_java_content(std::string_view bytes, const std::string& name,
                                                        const std::optional<Secret>& password);

// A store without entries.
std::unique_ptr<StoreContent> empty_java_content(StoreForm form);

}  // namespace pforte::pki
