#pragma once

#include <string>

#include "base/error.h"

namespace pforte::demo {

// Files that let a gate on this machine speak TLS, all PEM.
struct Papers {
  std::string authority;    // certificate of the authority: what a client is told to trust
  std::string chain;        // the server's certificate
  std::string key;          // its private key, readable by its owner alone
  std::string pin;          // not a file: Base64 of the SHA-256 of the server's public key (RFC 7469, 2.4)
  std::string fingerprint;  // nor this: SHA-256 of the server's certificate, "AA:BB:..."
};

// Makes an authority and lets it issue one certificate (EC P-256, 30 days) for localhost, app.localhost,
// beta.localhost,
// *.localhost, 127.0.0.1 and ::1, written into `folder`, which exists. The authority's key is never written and is gone
// afterwards: whoever trusts this authority trusts that one certificate and no other.
//
// Fails with Kind::Unavailable when a file cannot be written, and with Kind::Internal when OpenSSL refuses.
// Source: RFC 5280, section 4.2.
Result<Papers> issue_papers(const std::string& folder);

}  // namespace pforte::demo
