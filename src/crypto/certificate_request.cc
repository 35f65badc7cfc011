#include "crypto/certificate_request.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/failure.h"
#include "crypto/pem_blocks.h"
#include "crypto/signing.h"

namespace pforte::crypto {
namespace {

using Request = Owned<X509_REQ, X509_REQ_free>;
using Extensions = Owned<STACK_OF(X509_EXTENSION),
                         [](STACK_OF(X509_EXTENSION) * all) { sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free); }>;

std::unexpected<Error> not_made() {
  return fail(Kind::Internal, "request.failed", cat("making a certificate request: ", openssl_reason()));
}

Request decode(std::string_view content) {
  const auto* at = reinterpret_cast<const unsigned char*>(content.data());
  const auto* end = at + content.size();
  if (content.find("-----BEGIN") == std::string_view::npos) {
    Request request(d2i_X509_REQ(nullptr, &at, long(content.size())));
    return at == end ? std::move(request) : nullptr;
  }
  Bytes bytes(BIO_new_mem_buf(content.data(), int(content.size())));
  auto no_password = [](char*, int, int, void*) { return -1; };
  return Request(PEM_read_bio_X509_REQ(bytes.get(), nullptr, no_password, nullptr));
}

// Decoded, or null: it is not there, twice there, or damaged; `malformed` tells the last two.
template <class T, auto kFree>
Owned<T, kFree> extension(const Extensions& extensions, int id, bool& malformed) {
  int critical = -1;  // -1: not there; -2: more than once
  Owned<T, kFree> value(static_cast<T*>(X509V3_get_d2i(extensions.get(), id, &critical, nullptr)));
  malformed = malformed || (!value && critical != -1);
  return value;
}

std::string usage_text(const ASN1_OBJECT* usage) {
  if (int id = OBJ_obj2nid(usage); id != NID_undef) return OBJ_nid2sn(id);
  std::array<char, 128> digits{};
  OBJ_obj2txt(digits.data(), int(digits.size()), usage, 1);
  return digits.data();
}

bool read_names(const Extensions& extensions, CertificateRequest& request) {
  bool malformed = false;
  auto names = extension<GENERAL_NAMES, GENERAL_NAMES_free>(extensions, NID_subject_alt_name, malformed);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::optional<AlternativeName> name = alternative_name(*sk_GENERAL_NAME_value(names.get(), i));
    if (!name) return false;
    request.names.push_back(*std::move(name));
  }
  return !malformed;
}

bool read_uses(const Extensions& extensions, CertificateRequest& request) {
  bool malformed = false;
  auto uses = extension<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>(extensions, NID_ext_key_usage, malformed);
  for (int i = 0; uses && i < sk_ASN1_OBJECT_num(uses.get()); ++i)
    request.extended_key_usage.push_back(usage_text(sk_ASN1_OBJECT_value(uses.get(), i)));
  auto basic = extension<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>(extensions, NID_basic_constraints, malformed);
  request.authority = basic && basic->ca != 0;
  return !malformed;
}

std::string last_common_name(const Subject& attributes) {
  auto found = std::ranges::find(attributes.rbegin(), attributes.rend(), "CN", &SubjectAttribute::type);
  return found == attributes.rend() ? std::string() : found->value;
}

std::string der_of(X509_REQ& request) {
  unsigned char* der = nullptr;
  int size = i2d_X509_REQ(&request, &der);
  std::string bytes(reinterpret_cast<const char*>(der), std::size_t(size > 0 ? size : 0));
  OPENSSL_free(der);
  return bytes;
}

bool ask_for_names(X509_REQ& request, const std::vector<AlternativeName>& names) {
  if (names.empty()) return true;
  GeneralNames made = general_names(names);
  STACK_OF(X509_EXTENSION)* list = nullptr;
  bool good = made && X509V3_add1_i2d(&list, NID_subject_alt_name, made.get(), 0, X509V3_ADD_DEFAULT) == 1;
  Extensions extensions(list);
  return good && X509_REQ_add_extensions(&request, list) == 1;
}

}  // namespace

Result<std::string> make_certificate_request(EVP_PKEY& key, const Subject& subject,
                                             const std::vector<AlternativeName>& names) {
  ERR_clear_error();
  Request request(X509_REQ_new());
  Owned<X509_NAME, X509_NAME_free> name = x509_name(subject);
  bool good = request && name && X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
              X509_REQ_set_subject_name(request.get(), name.get()) == 1 &&
              X509_REQ_set_pubkey(request.get(), &key) == 1 && ask_for_names(*request, names) &&
              X509_REQ_sign(request.get(), &key, digest_for(key)) > 0;
  if (!good) return not_made();
  return der_of(*request);
}

Result<CertificateRequest> read_certificate_request(std::string_view content, std::string_view name) {
  ERR_clear_error();
  Request decoded = decode(content);
  EVP_PKEY* key = decoded ? X509_REQ_get0_pubkey(decoded.get()) : nullptr;
  std::string reason = openssl_reason();
  if (!key) return fail(Kind::Invalid, "request.damaged", cat(name, ": is no certificate request (PKCS#10): ", reason));
  bool signed_by_key = X509_REQ_verify(decoded.get(), key) == 1;
  ERR_clear_error();
  if (!signed_by_key)
    return fail(Kind::Invalid, "request.signature", cat(name, ": is not signed with the key that it names"));

  X509_NAME* subject = X509_REQ_get_subject_name(decoded.get());
  CertificateRequest request{
      .der = der_of(*decoded), .subject = text_of(*subject), .attributes = attributes_of(subject)};
  request.common_name = last_common_name(request.attributes);
  EVP_PKEY_up_ref(key);
  request.key.reset(key);
  Extensions extensions(X509_REQ_get_extensions(decoded.get()));
  bool good = read_names(extensions, request) && read_uses(extensions, request);
  ERR_clear_error();
  if (!good) return fail(Kind::Invalid, "request.names", cat(name, ": asks for a name or a use that cannot be read"));
  return request;
}

Subject attributes_of(const X509_NAME* name) {
  Subject attributes;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    int type = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    unsigned char* text = nullptr;
    int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
    if (type != NID_undef && size >= 0)
      attributes.push_back({OBJ_nid2sn(type), std::string(reinterpret_cast<const char*>(text), std::size_t(size))});
    OPENSSL_free(text);
  }
  return attributes;
}

std::string request_pem(std::string_view der) {
  return pem_block(PEM_STRING_X509_REQ, der);
}

}  // namespace pforte::crypto
