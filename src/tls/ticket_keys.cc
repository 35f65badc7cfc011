#include "tls/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

namespace pforte::tls {

namespace {

// Fetched once: a lookup by name for every handshake would cost more than the sealing.
const EVP_CIPHER* ticket_cipher() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  return cipher;
}

}  // namespace

TicketKeys::Key TicketKeys::fresh() {
  Key key;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&key), sizeof key) != 1) std::abort();
  return key;
}

std::shared_ptr<const TicketKeys> TicketKeys::make() {
  std::shared_ptr<TicketKeys> keys(new TicketKeys);
  std::ranges::generate(keys->keys_, fresh);
  return keys;
}

std::shared_ptr<const TicketKeys> TicketKeys::rotated() const {
  std::shared_ptr<TicketKeys> next(new TicketKeys);
  next->keys_ = {fresh(), keys_[0]};
  return next;
}

TicketKeys::~TicketKeys() {
  explicit_bzero(&keys_, sizeof keys_);
}

bool TicketKeys::prepare(const Key& key, EVP_MAC_CTX* mac) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key.hmac.data()),
                                        key.hmac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

int TicketKeys::seal(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) const {
  const Key& key = keys_[0];
  if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(ticket_cipher())) != 1) return -1;
  std::ranges::copy(key.name, name);
  if (EVP_EncryptInit_ex(cipher, ticket_cipher(), nullptr, key.aes.data(), iv) != 1) return -1;
  return prepare(key, mac) ? 1 : -1;
}

// 0: not ours (a full handshake follows), 1: opened, 2: opened and due for a new ticket.
int TicketKeys::open(const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
                     EVP_MAC_CTX* mac) const {
  auto key = std::ranges::find_if(
      keys_, [&](const Key& known) { return std::ranges::equal(known.name, std::span(name, 16)); });
  if (key == keys_.end()) return 0;
  if (EVP_DecryptInit_ex(cipher, ticket_cipher(), nullptr, key->aes.data(), iv) != 1) return -1;
  if (!prepare(*key, mac)) return -1;
  return key == keys_.begin() ? 1 : 2;
}

}  // namespace pforte::tls
