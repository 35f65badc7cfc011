#pragma once

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/testing.h"
#include "crypto/owned.h"
#include "crypto/pem.h"

// Certificates, keys and files of tests.

namespace pforte::crypto::testing {

using Folder = TestFolder;

enum class KeyType { Ec, Rsa };

inline PrivateKey make_key(KeyType type = KeyType::Ec) {
  return PrivateKey(type == KeyType::Ec ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048));
}

// What a certificate says.
struct Wanted {
  std::string subject = "test";           // its common name
  std::string names = "DNS:app.example";  // as x509v3_config(5) has them; empty: no such extension
  std::pair<int, int> days{-1, 30};       // from and to, counted from today
  KeyType key = KeyType::Ec;
  bool authority = false;
};

inline void add_extension(X509& certificate, int id, const std::string& value) {
  Owned<X509_EXTENSION, X509_EXTENSION_free> made(X509V3_EXT_nconf_nid(nullptr, nullptr, id, value.c_str()));
  if (!made || X509_add_ext(&certificate, made.get(), -1) != 1) std::abort();
}

// Signs with `issuer`, or itself where that is null.
inline Identity issue(const Wanted& wanted, const Identity* issuer) {
  static long serial = 1;
  Identity made;
  made.key = make_key(wanted.key);
  Certificate certificate(X509_new());
  X509& x = *certificate;
  X509_set_version(&x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(&x), serial++);
  X509_time_adj_ex(X509_getm_notBefore(&x), wanted.days.first, 0, nullptr);
  X509_time_adj_ex(X509_getm_notAfter(&x), wanted.days.second, 0, nullptr);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(&x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wanted.subject.c_str()), -1, -1, 0);
  X509_set_issuer_name(&x, X509_get_subject_name(issuer ? issuer->chain.front().get() : &x));
  X509_set_pubkey(&x, made.key.get());
  add_extension(x, NID_basic_constraints, wanted.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!wanted.names.empty()) add_extension(x, NID_subject_alt_name, wanted.names);
  X509_sign(&x, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
  made.chain.push_back(std::move(certificate));
  return made;
}

inline Identity make_authority(const std::string& subject = "authority") {
  return issue({.subject = subject, .names = "", .authority = true}, nullptr);
}

inline std::string text_in(BIO& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(&bio, &data);
  return {data, std::size_t(size)};
}

inline std::string pem_of(X509& certificate) {
  Bytes out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), &certificate);
  return text_in(*out);
}

// A "TRUSTED CERTIFICATE", with what OpenSSL knows about it.
inline std::string trusted_pem_of(X509& certificate) {
  Bytes out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_AUX(out.get(), &certificate);
  return text_in(*out);
}

// Encrypted if there is a password.
inline std::string pem_of(const EVP_PKEY& key, std::string password = {}) {
  Bytes out(BIO_new(BIO_s_mem()));
  const EVP_CIPHER* cipher = password.empty() ? nullptr : EVP_aes_256_cbc();
  PEM_write_bio_PKCS8PrivateKey(out.get(), &key, cipher, password.data(), int(password.size()), nullptr, nullptr);
  return text_in(*out);
}

}  // namespace pforte::crypto::testing
