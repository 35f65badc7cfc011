#pragma once

#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace pforte::pki {

// A private key (PKCS#8 in DER) as it lies in a JKS file under the password: EncryptedPrivateKeyInfo with Sun's own
// algorithm. It is weak, and Java reads no other from JKS; PKCS#12 is the better form.
//
// Fails with Kind::Invalid (trust.password-wrong) for a password that is no UTF-8.
// Source: sun.security.provider.KeyProtector of OpenJDK.
Result<std::string> protect_jks_key(const Secret& der, const Secret& password);

}  // namespace pforte::pki
