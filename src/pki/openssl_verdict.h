#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "pki/verify.h"

namespace pforte::pki {

// What OpenSSL itself says of a server's certificate.
struct OpenSslVerdict {
  int error = 0;          // X509_V_ERR_...; 0: trusted
  std::size_t depth = 0;  // of the certificate at fault, from the leaf
  std::string text;       // "certificate has expired"
};

// Asks OpenSSL's own verifier as programs that are built on it do: with what the server sent alone, for the purpose of
// a TLS server and for the names that are wanted, at security level 2, as Debian has it. `partial`: an anchor needs to
// be no root (X509_V_FLAG_PARTIAL_CHAIN), which only some of them, such as curl, ask for.
OpenSslVerdict judge_by_openssl(const Question& question, std::span<const Certificate* const> sent, bool partial);

}  // namespace pforte::pki
