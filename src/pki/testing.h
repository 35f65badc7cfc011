#pragma once

#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/testing.h"
#include "pki/certificate.h"
#include "pki/crl.h"
#include "pki/verify.h"

// Certificates and revocation lists of tests, made in memory.

namespace pforte::pki::testing {

using namespace std::chrono_literals;

// The moment tests judge by, in the middle of what is valid.
constexpr Instant kNow = std::chrono::sys_days(2026y / std::chrono::June / 1);

// An extension as x509v3_config(5) has it: {NID_key_usage, "critical,keyCertSign"}.
using ExtensionText = std::pair<int, std::string>;

// What a certificate says. The default is a server's; authority() makes the recipe of an authority.
struct Recipe {
  std::string subject = "server";  // its common name
  std::vector<ExtensionText> extensions = {{NID_subject_alt_name, "DNS:www.example.com"},
                                           {NID_ext_key_usage, "serverAuth"}};
  long serial = 1;
  Instant from = kNow - std::chrono::days(30), until = kNow + std::chrono::days(30);
  const EVP_MD* digest = EVP_sha256();
  std::shared_ptr<EVP_PKEY> key = nullptr;  // null: a new one
};

inline Recipe authority(std::string subject, std::vector<ExtensionText> more = {}) {
  Recipe recipe{.subject = std::move(subject),
                .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                               {NID_key_usage, "critical,keyCertSign,cRLSign"},
                               {NID_subject_key_identifier, "hash"}}};
  for (ExtensionText& extension : more) {
    auto same = std::ranges::find(recipe.extensions, extension.first, &ExtensionText::first);
    if (same != recipe.extensions.end()) recipe.extensions.erase(same);
    if (!extension.second.empty()) recipe.extensions.push_back(std::move(extension));
  }
  return recipe;
}

// A certificate with its key.
struct Made {
  std::shared_ptr<X509> x509;
  std::shared_ptr<EVP_PKEY> key;
  Certificate certificate;
};

inline void set_time(const ASN1_TIME* time, Instant instant) {
  ASN1_TIME_set(const_cast<ASN1_TIME*>(time), std::chrono::system_clock::to_time_t(instant));
}

inline X509_NAME* name_with(X509_NAME* name, const std::string& common_name) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                             -1, 0);
  return name;
}

// Signs with `issuer`, or itself where that is null.
inline Made make(const Recipe& recipe, const Made* issuer) {
  Made made;
  made.key = recipe.key ? recipe.key : std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), EVP_PKEY_free);
  made.x509 = {X509_new(), X509_free};
  X509& x = *made.x509;
  X509_set_version(&x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(&x), recipe.serial);
  set_time(X509_getm_notBefore(&x), recipe.from);
  set_time(X509_getm_notAfter(&x), recipe.until);
  name_with(X509_get_subject_name(&x), recipe.subject);
  X509& signer = issuer ? *issuer->x509 : x;
  X509_set_issuer_name(&x, X509_get_subject_name(&signer));
  X509_set_pubkey(&x, made.key.get());
  X509V3_CTX context;
  X509V3_set_ctx(&context, &signer, &x, nullptr, nullptr, 0);
  std::vector<ExtensionText> extensions = recipe.extensions;
  if (issuer) extensions.emplace_back(NID_authority_key_identifier, "keyid:always");
  for (const auto& [id, value] : extensions) {
    crypto::Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    if (!extension || X509_add_ext(&x, extension.get(), -1) != 1) std::abort();
  }
  X509_sign(&x, issuer ? issuer->key.get() : made.key.get(), recipe.digest);
  unsigned char* der = nullptr;
  int size = i2d_X509(&x, &der);
  made.certificate = read_certificate({reinterpret_cast<char*>(der), std::size_t(size)}, "test").value();
  OPENSSL_free(der);
  return made;
}

// What a list says.
struct ListRecipe {
  std::vector<long> revoked = {};
  Instant from = kNow - std::chrono::days(1), until = kNow + std::chrono::days(1);
  std::vector<ExtensionText> extensions = {};
  const char* number = "1";          // null: none
  const char* delta_base = nullptr;  // null: it is complete
};

inline void add_number(X509_CRL& list, int id, const char* text, bool critical) {
  if (!text) return;
  crypto::Owned<ASN1_INTEGER, ASN1_INTEGER_free> number(s2i_ASN1_INTEGER(nullptr, text));
  X509_CRL_add1_ext_i2d(&list, id, number.get(), critical ? 1 : 0, 0);
}

inline Crl make_list(const ListRecipe& recipe, const Made& issuer) {
  crypto::Owned<X509_CRL, X509_CRL_free> list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.x509.get()));
  crypto::Owned<ASN1_TIME, ASN1_TIME_free> time(ASN1_TIME_new());
  set_time(time.get(), recipe.from);
  X509_CRL_set1_lastUpdate(list.get(), time.get());
  for (long serial : recipe.revoked) {
    X509_REVOKED* entry = X509_REVOKED_new();
    crypto::Owned<ASN1_INTEGER, ASN1_INTEGER_free> number(ASN1_INTEGER_new());
    ASN1_INTEGER_set(number.get(), serial);
    X509_REVOKED_set_serialNumber(entry, number.get());
    X509_REVOKED_set_revocationDate(entry, time.get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  set_time(time.get(), recipe.until);
  X509_CRL_set1_nextUpdate(list.get(), time.get());
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer.x509.get(), nullptr, nullptr, list.get(), 0);
  std::vector<ExtensionText> extensions = recipe.extensions;
  for (const auto& [id, value] : extensions) {
    crypto::Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    if (!extension || X509_CRL_add_ext(list.get(), extension.get(), -1) != 1) std::abort();
  }
  add_number(*list, NID_crl_number, recipe.number, false);
  add_number(*list, NID_delta_crl, recipe.delta_base, true);
  X509_CRL_sort(list.get());
  X509_CRL_sign(list.get(), issuer.key.get(), EVP_sha256());
  unsigned char* der = nullptr;
  int size = i2d_X509_CRL(list.get(), &der);
  Crl crl = read_crl({reinterpret_cast<char*>(der), std::size_t(size)}, "test").value();
  OPENSSL_free(der);
  return crl;
}

// The code of the first error of a verdict; "trusted" if there is none.
inline std::string reason(const Verdict& verdict) {
  return verdict.trusted ? "trusted" : std::string(verdict.findings.front().rule->id);
}

// A question about a leaf, with everything else by name.
inline Question about(const Made& leaf, const std::vector<const Made*>& untrusted,
                      const std::vector<const Made*>& trusted) {
  Question question{
      .leaf = leaf.certificate, .untrusted = {}, .trusted = {}, .crls = {}, .wanted = {kNow, Purpose::Server, {}}};
  for (const Made* made : untrusted) question.untrusted.push_back(&made->certificate);
  for (const Made* made : trusted) question.trusted.push_back(&made->certificate);
  return question;
}

}  // namespace pforte::pki::testing
