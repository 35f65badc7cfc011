#pragma once

#include <openssl/x509v3.h>

#include <string>
#include <string_view>
#include <vector>

#include "crypto/owned.h"
#include "pki/certificate.h"

// What this module knows of OpenSSL's objects, for the units that read certificates and revocation lists.

namespace pforte::pki {

struct DecodedCertificate {
  crypto::Certificate x509;
};

std::string_view view_of(const ASN1_STRING* text);
std::string id_of(const ASN1_OBJECT* object);
DistinguishedName name_of(const X509_NAME* name);
std::vector<GeneralName> names_of(const GENERAL_NAMES* names);
GeneralName name_of(const GENERAL_NAME* name);

// None: not a time. `unusual` is set where the type does not fit the year.
std::optional<Instant> time_of(const ASN1_TIME* time, bool& unusual);

// `inner` stands in the signed part, `outer` beside the signature.
SignatureFacts signature_of(const X509_ALGOR* inner, const X509_ALGOR* outer);

// A DISTRIBUTION_POINT's name, made complete with the name it is relative to.
std::vector<GeneralName> names_of(const DIST_POINT_NAME* point, const X509_NAME* relative_to);

// The bits of a BIT STRING, the first one lowest.
std::uint16_t bits_of(const ASN1_BIT_STRING* bits);

// Fills what the extensions say.
void read_extensions(Certificate& certificate, const X509& from);

}  // namespace pforte::pki
