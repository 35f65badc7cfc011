#pragma once

#include "doctor/path.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {

// Tells what whole handshakes have shown: whether they come to an end, client certificates, names, ALPN, resumption.
void tell_sessions(const TlsSubject& subject, const TlsPicture& picture, Path& path);

}  // namespace pforte::doctor
