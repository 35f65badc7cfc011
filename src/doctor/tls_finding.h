#pragma once

#include "base/error.h"
#include "base/message.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {

// A finding of a check on the subject's hop; whoever makes it adds what else there is.
Finding finding_on(const TlsSubject& subject, const Check& check, Level level, Message seen, Message remedy);

// Why what a CA says, an answer or a list, does not count that nobody can read.
Message unreadable_by(const Error& error);

}  // namespace pforte::doctor
