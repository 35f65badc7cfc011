#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pforte::doctor {

// Code points of TLS, by IANA's registries.

// All that a server is asked for. In an order in which a client would want them; apart, because old servers do not bear
// more than 127 at once.
std::span<const std::uint16_t> suites_of_tls13();
std::span<const std::uint16_t> usual_suites();
std::span<const std::uint16_t> unusual_suites();

// "TLS_AES_128_GCM_SHA256", "x25519", "ecdsa_secp256r1_sha256"; "0x1234" where it is not known.
std::string suite_name(std::uint16_t code);
std::string group_name(std::uint16_t code);
std::string scheme_name(std::uint16_t code);

// What is wrong with a suite, the worst first.
enum class SuiteFault : std::uint8_t {
  Null,        // nothing is encrypted
  Anonymous,   // nobody proves who the server is
  Export,      // keys of 40 or 56 bits, by a law of the 1990s
  Des,         // keys of 56 bits
  Rc4,         // RFC 7465
  ShortBlock,  // of 64 bits: 3DES, IDEA (RFC 9325, 4.1; Sweet32)
};
std::optional<SuiteFault> fault_of(std::uint16_t suite);

// Whether what was recorded stays secret when the key of the certificate is lost.
bool is_forward_secret(std::uint16_t suite);
// Encrypts and authenticates in one: GCM, CCM, ChaCha20-Poly1305 (RFC 5116).
bool is_aead(std::uint16_t suite);

// How keys are agreed on, as far as it shows in the server's flight.
enum class Exchange : std::uint8_t { Other, Dhe, Ecdhe };
Exchange exchange_of(std::uint16_t suite);

}  // namespace pforte::doctor
