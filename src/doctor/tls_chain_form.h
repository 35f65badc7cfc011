#pragma once

#include <vector>

#include "doctor/tls_examination.h"
#include "pki/certificate.h"
#include "pki/verify.h"

namespace pforte::doctor {

// What is to be said of how a server sends its chain, whatever it is worth: `path` is the one that was found, from the
// server's own certificate to the anchor. Source: RFC 8446, 4.4.2; RFC 5246, 7.4.2.
void tell_chain_form(const TlsSubject& subject, const std::vector<pki::Certificate>& sent, const pki::Verdict& verdict,
                     std::vector<Finding>& findings);

// Certificates that end soon.
void tell_ends(const TlsSubject& subject, const pki::Verdict& verdict, pki::Instant at, std::vector<Finding>& findings);

}  // namespace pforte::doctor
