#pragma once

#include <string_view>

#include "base/message.h"
#include "contact/client_kind.h"

namespace pforte::contact {

// Why a client does not accept a certificate, as far as its alert tells.
struct CertificateRefusal {
  std::string_view id;  // "certificate-untrusted", "certificate-expired", "certificate-revoked", "certificate-refused"
  Message what;
  Message remedy;
};

// Whether an alert says that the server's certificate is not accepted.
bool is_about_certificate(int alert);

// Of such an alert. The same alert means one thing from one library and another from the next, so the kind of client
// decides what is told.
CertificateRefusal refusal_of(int alert, ClientKind kind);

}  // namespace pforte::contact
