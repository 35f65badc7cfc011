#pragma once

#include "doctor/path.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {

// Tells which programs find no version, suite and group in common with a server, whatever its certificate is.
void tell_clients_shut_out(const TlsSubject& subject, const TlsPicture& picture, Path& path);

}  // namespace pforte::doctor
