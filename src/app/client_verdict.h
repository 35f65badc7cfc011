#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/message.h"
#include "pki/client.h"

namespace pforte::app {

// What clients make of a certificate, a line or two for each program.
std::string clients_text(const std::vector<pki::ClientVerdict>& verdicts, Language language);
nlohmann::ordered_json clients_json(const std::vector<pki::ClientVerdict>& verdicts, Language language);

}  // namespace pforte::app
