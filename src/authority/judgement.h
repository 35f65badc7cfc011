#pragma once

#include <string>
#include <vector>

#include "authority/ca_certificate.h"
#include "authority/certificate_profile.h"
#include "base/error.h"
#include "pki/verify.h"

namespace pforte::authority {

// Asks the judge about a certificate that was made and is not given out yet: by RFC 5280, and where it is for servers
// by the rules of browsers, apps and Java as well. `above` leads from its issuer to the root, which is last.
//
// Fails with Kind::Invalid (authority.refused), with the rule and its remedy.
Result<> judge_issued(const pki::Certificate& certificate, const std::vector<const CaCertificate*>& above,
                      CertificateProfile profile, pki::Instant now);

// The same for a certificate of an authority, by RFC 5280.
Result<> judge_authority(const CaCertificate& certificate, const CaCertificate& root, pki::Instant now);

}  // namespace pforte::authority
