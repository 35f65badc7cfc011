#pragma once

#include <openssl/ocsp.h>

#include "crypto/owned.h"
#include "pki/ocsp.h"

namespace pforte::pki {

struct DecodedOcsp {
  crypto::OcspBasic basic;
};

}  // namespace pforte::pki
