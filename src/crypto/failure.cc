#include "crypto/failure.h"

#include <openssl/err.h>

namespace pforte::crypto {

std::string openssl_reason() {
  // The first error is the cause; those after it tell who passed it on.
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return {};
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "OpenSSL error " + std::to_string(code);
}

}  // namespace pforte::crypto
