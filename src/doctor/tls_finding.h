#pragma once

#include "doctor/tls_examination.h"

namespace pforte::doctor {

// A finding of a check on the subject's hop; whoever makes it adds what else there is.
Finding finding_on(const TlsSubject& subject, const Check& check, Level level, Message seen, Message remedy);

}  // namespace pforte::doctor
