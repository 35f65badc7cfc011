#pragma once

#include <string>

namespace pforte::crypto {

// What OpenSSL last complained about on this thread, in its words, and forgets it: "certificate verify failed".
// Empty when it did not.
std::string openssl_reason();

}  // namespace pforte::crypto
