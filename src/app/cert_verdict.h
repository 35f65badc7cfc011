#pragma once

#include <string>
#include <vector>

#include "base/message.h"
#include "pki/client.h"
#include "pki/verify.h"

namespace pforte::app {

// What `pforte cert verify` prints: for people, and with --json. `clients` are those of --as.
std::string verdict_text(const pki::Verdict& verdict, const std::vector<pki::ClientVerdict>& clients,
                         Language language);
std::string verdict_json(const pki::Verdict& verdict, const std::vector<pki::ClientVerdict>& clients,
                         Language language);

}  // namespace pforte::app
