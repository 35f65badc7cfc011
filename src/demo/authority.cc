#include "demo/authority.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <span>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/owned.h"
#include "demo/file.h"

namespace pforte::demo {

namespace {

using crypto::Certificate;
using crypto::Owned;
using crypto::PrivateKey;

// Unit: seconds, as X509_gmtime_adj() takes them.
constexpr long kLifetime = 30L * 24 * 3600;
// Clocks of clients may be a little behind.
constexpr long kEarlier = 5L * 60;

struct Extension {
  int id;
  const char* value;  // in the words of x509v3_config(5)
};

// An issuer's extensions in the order of RFC 5280, 4.2.1; the key identifiers come first because others refer to them.
constexpr Extension kAuthorityExtensions[] = {
    {NID_subject_key_identifier, "hash"},
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
};
constexpr Extension kServerExtensions[] = {
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
    // Names stand beside the wildcard because OpenSSL and curl take no wildcard above a single label.
    {NID_subject_alt_name, "DNS:localhost,DNS:app.localhost,DNS:beta.localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"},
};

std::unexpected<Error> refused(std::string_view deed) {
  return fail(Kind::Internal, "demo.openssl", cat(deed, ": ", crypto::openssl_reason()));
}

// An unguessable positive serial number of 127 bits (CA/Browser Forum, TLS Baseline Requirements, 7.1: at least 64).
bool set_serial(X509& certificate) {
  std::array<unsigned char, 16> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  Owned<BIGNUM, BN_free> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate));
}

bool set_name(X509_NAME* name, const char* text) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text), -1, -1,
                                    0) == 1;
}

bool add_extensions(X509& certificate, X509& issuer, std::span<const Extension> extensions) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  for (const Extension& extension : extensions) {
    Owned<X509_EXTENSION, X509_EXTENSION_free> made(
        X509V3_EXT_nconf_nid(nullptr, &context, extension.id, extension.value));
    if (!made || X509_add_ext(&certificate, made.get(), -1) != 1) return false;
  }
  return true;
}

// Everything but the signature. `issuer` is null for an authority.
Result<Certificate> make_certificate(const char* name, EVP_PKEY& key, X509* issuer,
                                     std::span<const Extension> extensions) {
  Certificate certificate(X509_new());
  if (!certificate) return refused("making a certificate");
  X509& made = *certificate;
  X509& signer = issuer ? *issuer : made;
  bool good = X509_set_version(&made, X509_VERSION_3) == 1 && set_serial(made) &&
              X509_gmtime_adj(X509_getm_notBefore(&made), -kEarlier) &&
              X509_gmtime_adj(X509_getm_notAfter(&made), kLifetime - kEarlier - 1) &&
              set_name(X509_get_subject_name(&made), name) &&
              X509_set_issuer_name(&made, X509_get_subject_name(&signer)) == 1 && X509_set_pubkey(&made, &key) == 1 &&
              add_extensions(made, signer, extensions);
  if (!good) return refused("filling a certificate");
  return certificate;
}

Result<> sign(X509& certificate, EVP_PKEY& key) {
  if (X509_sign(&certificate, &key, EVP_sha256()) == 0) return refused("signing a certificate");
  return {};
}

std::string_view text_of(BIO& content) {
  char* bytes = nullptr;
  long size = BIO_get_mem_data(&content, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Result<> write_certificate(const std::string& file, X509& certificate) {
  crypto::Bytes pem(BIO_new(BIO_s_mem()));
  if (!pem || PEM_write_bio_X509(pem.get(), &certificate) != 1) return refused("writing a certificate");
  return write_file(file, text_of(*pem), 0644);
}

Result<> write_key(const std::string& file, const EVP_PKEY& key) {
  crypto::Bytes pem(BIO_new(BIO_s_secmem()));
  if (!pem || PEM_write_bio_PrivateKey(pem.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return refused("writing a key");
  return write_file(file, text_of(*pem));
}

// Of the SubjectPublicKeyInfo.
Result<std::string> pin_of(const EVP_PKEY& key) {
  std::array<unsigned char, 32> digest;
  std::array<char, 45> text;  // EVP_EncodeBlock() ends it with NUL
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(&key, &der);
  bool good =
      size > 0 && EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  if (!good) return refused("reading a public key");
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), digest.data(), digest.size());
  return std::string(text.data());
}

Result<std::string> fingerprint_of(const X509& certificate) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<unsigned char, 32> digest;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), nullptr) != 1) return refused("reading a certificate");
  std::string text;
  for (unsigned char byte : digest) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace

Result<Papers> issue_papers(const std::string& folder) {
  PrivateKey authority_key(EVP_EC_gen("P-256"));
  PrivateKey key(EVP_EC_gen("P-256"));
  if (!authority_key || !key) return refused("making a key");

  Certificate authority =
      TRY(make_certificate("Pforte demo, throw-away authority", *authority_key, nullptr, kAuthorityExtensions));
  TRY(sign(*authority, *authority_key));
  Certificate server = TRY(make_certificate("Pforte demo", *key, authority.get(), kServerExtensions));
  TRY(sign(*server, *authority_key));

  Papers papers{.authority = folder + "/authority.pem",
                .chain = folder + "/server.pem",
                .key = folder + "/server.key",
                .pin = TRY(pin_of(*key)),
                .fingerprint = TRY(fingerprint_of(*server))};
  TRY(write_certificate(papers.authority, *authority));
  TRY(write_certificate(papers.chain, *server));
  TRY(write_key(papers.key, *key));
  return papers;
}

}  // namespace pforte::demo
