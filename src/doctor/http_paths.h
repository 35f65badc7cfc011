#pragma once

#include "doctor/http_teller.h"

namespace pforte::doctor {

// Asks for each context path of the subject, and tells which lead to the application, which are blocked and by whom,
// and whether somebody lets through what only begins like one of them.
net::Task<> examine_context_paths(const Setting& setting, HttpTeller& teller);

}  // namespace pforte::doctor
