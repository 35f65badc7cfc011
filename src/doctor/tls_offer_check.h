#pragma once

#include "doctor/path.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {

// Tells what is wrong with the versions, suites and keys that a server takes, and sums up what it takes.
void tell_offer(const TlsSubject& subject, const TlsPicture& picture, Path& path);

}  // namespace pforte::doctor
