#pragma once

#include <string>
#include <vector>

#include "pki/certificate.h"

namespace pforte::pki {

// Where a certificate says that its issuer is to be found (RFC 5280, 4.2.2.1): addresses in its order.
struct AuthorityInformation {
  std::vector<std::string> certificates;  // of the issuer's certificate (caIssuers)
  std::vector<std::string> responders;    // of its OCSP responder
};
AuthorityInformation authority_information_of(const Certificate& certificate);

// Whether an authority that browsers come with issued it, by its own words: a policy of the CA/Browser Forum, which the
// certificates of such authorities must name (BR 7.1.2.7.9), or a log's timestamp (RFC 6962, 3.3).
bool is_of_public_authority(const Certificate& certificate);

}  // namespace pforte::pki
