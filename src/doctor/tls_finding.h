#pragma once

#include <string>
#include <string_view>

#include "doctor/tls_examination.h"

namespace pforte::doctor {

// `openssl s_client` to the subject, with its name, and `options` on top.
std::string s_client_command(const TlsSubject& subject, std::string_view options = {});

// A finding of a check on the subject's hop; whoever makes it adds what else there is.
Finding finding_on(const TlsSubject& subject, const Check& check, Level level, Message seen, Message remedy);

}  // namespace pforte::doctor
