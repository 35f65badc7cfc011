#pragma once

#include <string>
#include <vector>

#include "base/message.h"
#include "pki/client.h"
#include "pki/verify.h"

namespace pforte::app {

// What `pforte cert verify` prints: for people, and with --json. `clients` are those of --as.
std::string text_of(const pki::Verdict& verdict, const std::vector<pki::ClientVerdict>& clients, Language language);
std::string json_of(const pki::Verdict& verdict, const std::vector<pki::ClientVerdict>& clients, Language language);

}  // namespace pforte::app
