#pragma once

#include <string>

#include "base/message.h"
#include "pki/verify.h"

namespace pforte::app {

// What `pforte cert verify` prints: for people, and with --json.
std::string text_of(const pki::Verdict& verdict, Language language);
std::string json_of(const pki::Verdict& verdict, Language language);

}  // namespace pforte::app
