#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "doctor/destination.h"
#include "doctor/http_fetch.h"
#include "doctor/path.h"
#include "doctor/setting.h"
#include "doctor/tls_picture.h"
#include "pki/client.h"
#include "pki/trust_store.h"

namespace pforte::doctor {

// A server whose TLS is examined.
struct TlsSubject {
  Dial dial;
  Destination destination;  // its host is what is sent as SNI and looked for in the certificate
  std::size_t hop = 0;      // of the path, which the server is
  std::vector<std::shared_ptr<const pki::TrustStore>> trust;  // empty: what the server sends is taken for trusted
  std::string trust_setting = {};                             // what says so, see Judges
  std::vector<pki::ClientKind> clients = {pki::ClientKind::Browser, pki::ClientKind::App, pki::ClientKind::Java,
                                          pki::ClientKind::OpenSsl};  // whose verdicts are asked for
  std::optional<FetchWay> fetches = {};  // the status of certificates and missing issuers; none: nothing is fetched
  bool needs_http1 = false;              // Kerberos signs in connections: HTTP/2 alone does not do
};

// Examines what a server offers, whom it shuts out, and what clients make of its certificates; tells the path.
//
// Opens a few dozen connections, up to eight at once, each no longer than `setting.step`. Never fails because of what
// the server does. Both must outlive the task.
net::Task<TlsPicture> examine_tls(const Setting& setting, const TlsSubject& subject, Path& path);

}  // namespace pforte::doctor
