#pragma once

#include "doctor/path.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {

// Tells what is not known of a server that answers slowly or has stopped to answer, so that nobody takes it for what it
// does not offer.
void tell_unknown(const TlsSubject& subject, const TlsPicture& picture, Path& path);

}  // namespace pforte::doctor
