#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>

namespace pforte::tls {

// The keys that seal session tickets (RFC 5077, 4; RFC 8446, 4.6.1): one seals, that and the one before it open. They
// live in memory alone, so a stolen disk opens no recorded connection, and change regularly, so a stolen memory opens
// few. Immutable: a rotation makes new ones and hands them to every worker.
class TicketKeys {
 public:
  // Two fresh random keys. Ends the process when the system has no randomness.
  static std::shared_ptr<const TicketKeys> make();

  // A fresh key in front; the last one is forgotten.
  std::shared_ptr<const TicketKeys> rotated() const;

  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys();

  // OpenSSL's ticket callback (SSL_CTX_set_tlsext_ticket_key_evp_cb) for these keys.
  int seal(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) const;
  int open(const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) const;

 private:
  struct Key {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> aes;
    std::array<unsigned char, 32> hmac;
  };
  TicketKeys() = default;
  static Key fresh();
  static bool prepare(const Key& key, EVP_MAC_CTX* mac);

  std::array<Key, 2> keys_;
};

}  // namespace pforte::tls
