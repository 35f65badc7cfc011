#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/owned.h"

namespace pforte::crypto {

// The dNSName and iPAddress entries of the SubjectAlternativeName extension, as text. The common name does not count
// (RFC 9525, 2).
std::vector<std::string> names_of(const X509& certificate);

// Whether clients that look for `host` accept the certificate's names: a DNS name, or an IP address without brackets.
// A wildcard stands for the whole left-most label (RFC 9525, 6.3). `host` may itself be "*.example.com": covered by
// exactly that wildcard.
bool covers(const X509& certificate, std::string_view host);
// The same for names that have been read already.
bool covers(const std::vector<std::string>& names, std::string_view host);

// Whether it may issue certificates: basicConstraints say so, and keyUsage allows it (RFC 5280, 4.2.1.9).
bool is_authority(const X509& certificate);
// Whether a server may show it: keyUsage and extendedKeyUsage, where it has them, allow it (RFC 5280, 4.2.1.12).
bool fits_servers(const X509& certificate);

// Whether `issuer` has issued it: by its names, its key identifier and its signature.
bool issued_by(const X509& certificate, const X509& issuer);

// RFC 4514 text of the subject: "CN=crm.example.com,O=Example"; of any name.
std::string subject_of(const X509& certificate);
std::string text_of(const X509_NAME& name);

using UtcTime = std::chrono::sys_seconds;
// UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5); the epoch, when it is neither or not there.
UtcTime time_of(const ASN1_TIME* time);
UtcTime not_before(const X509& certificate);
UtcTime not_after(const X509& certificate);

}  // namespace pforte::crypto
