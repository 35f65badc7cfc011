#pragma once

#include <string>
#include <vector>

#include "doctor/path.h"
#include "doctor/tls_examination.h"

namespace pforte::doctor {

// Tells which programs find no version, suite and group in common with a server, whatever its certificate is.
void tell_clients_shut_out(const TlsSubject& subject, const TlsPicture& picture, Path& path);

// Programs of which that cannot be said, since too little is known of the server.
std::vector<std::string> clients_in_doubt(const TlsSubject& subject, const TlsPicture& picture);

}  // namespace pforte::doctor
