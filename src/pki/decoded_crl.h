#pragma once

#include <openssl/x509v3.h>

#include "crypto/owned.h"
#include "pki/crl.h"

namespace pforte::pki {

struct DecodedCrl {
  crypto::Owned<X509_CRL, X509_CRL_free> x509;
};

}  // namespace pforte::pki
