#pragma once

#include <string_view>

namespace pforte::admin {

// What the operator's interface offers, as an OpenAPI 3.1 document. A test compares it with what is answered.
std::string_view openapi_document();

}  // namespace pforte::admin
