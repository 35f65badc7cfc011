#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/message.h"

namespace pforte::app {

// What `pforte status` shows of the document that GET /api/v1/status answers. What is missing in it reads as empty, so
// that a gate of another version can be shown as well. None: it is no such document.
std::optional<std::string> status_text(std::string_view document, Language language);

}  // namespace pforte::app
