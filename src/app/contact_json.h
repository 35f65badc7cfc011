#pragma once

#include <string>

#include "app/contact_text.h"

namespace pforte::app {

// The same for programs, one document: `seen`, `works` (null: nothing tells), `advice`, `contacts`, …
std::string contacts_json(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around,
                          Language language);

}  // namespace pforte::app
