#include "crypto/pkcs12.h"

#include <openssl/err.h>
#include <openssl/provider.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/text.h"
#include "crypto/asn1_element.h"
#include "crypto/failure.h"

namespace pforte::crypto {

namespace {

// Oracle's "trusted key usage"; what stands in it does not matter, Java writes anyExtendedKeyUsage.
constexpr const char* kTrustAttribute = "2.16.840.1.113894.746875.1.1";

using Parts = Owned<STACK_OF(PKCS7), [](STACK_OF(PKCS7) * parts) { sk_PKCS7_pop_free(parts, PKCS7_free); }>;

// As many as Java allows, and a second's work: more than that is an attack.
constexpr long kMostIterations = 5'000'000;

// Java's default, in files that have no other.
constexpr int kIterations = 10'000;

// OpenSSL with the algorithms that files of Java 8 and Windows are encrypted with (RC2, triple DES), for these files
// only.
OSSL_LIB_CTX* library() {
  static OSSL_LIB_CTX* const the_library = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    if (!made || !OSSL_PROVIDER_load(made, "default")) std::abort();
    OSSL_PROVIDER_load(made, "legacy");  // where there is none, such a file is refused
    ERR_clear_error();
    return made;
  }();
  return the_library;
}

std::string text_of(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)), std::size_t(ASN1_STRING_length(&text))};
}

std::string alias_of(PKCS12_SAFEBAG& bag) {
  char* name = PKCS12_get_friendlyname(&bag);
  std::string alias(name ? name : "");
  OPENSSL_free(name);
  ERR_clear_error();
  return alias;
}

// OpenSSL's own function for UTF-8 refuses what is beyond U+FFFF.
bool set_alias(PKCS12_SAFEBAG& bag, const std::string& alias) {
  unsigned char* text = nullptr;
  int size = 0;  // with a NUL
  if (!OPENSSL_utf82uni(alias.c_str(), int(alias.size()), &text, &size)) return false;
  bool good = PKCS12_add1_attr_by_NID(&bag, NID_friendlyName, V_ASN1_BMPSTRING, text, size - 2) == 1;
  OPENSSL_free(text);
  return good;
}

std::string key_id_of(const PKCS12_SAFEBAG& bag) {
  const ASN1_TYPE* id = PKCS12_SAFEBAG_get0_attr(&bag, NID_localKeyID);
  return id && id->type == V_ASN1_OCTET_STRING ? text_of(*id->value.octet_string) : "";
}

// A certificate that Java trusts. It is the caller's.
PKCS12_SAFEBAG* trusted_bag(const std::string& alias, const X509& certificate) {
  PKCS12_SAFEBAG* bag = PKCS12_SAFEBAG_create_cert(const_cast<X509*>(&certificate));
  Owned<ASN1_OBJECT, ASN1_OBJECT_free> any(OBJ_dup(OBJ_nid2obj(NID_anyExtendedKeyUsage)));
  bool good = bag && set_alias(*bag, alias) &&
              PKCS12_add1_attr_by_txt(bag, kTrustAttribute, V_ASN1_OBJECT,
                                      reinterpret_cast<const unsigned char*>(any.get()), -1) == 1;
  if (!good) std::abort();
  return bag;
}

bool is_trusted(const PKCS12_SAFEBAG& bag) {
  Owned<ASN1_OBJECT, ASN1_OBJECT_free> attribute(OBJ_txt2obj(kTrustAttribute, 1));
  return X509at_get_attr_by_OBJ(PKCS12_SAFEBAG_get0_attrs(&bag), attribute.get(), -1) >= 0;
}

bool is_certificate(const PKCS12_SAFEBAG& bag) {
  return PKCS12_SAFEBAG_get_nid(&bag) == NID_certBag && PKCS12_SAFEBAG_get_bag_nid(&bag) == NID_x509Certificate;
}

bool is_key(const PKCS12_SAFEBAG& bag) {
  int type = PKCS12_SAFEBAG_get_nid(&bag);
  return type == NID_keyBag || type == NID_pkcs8ShroudedKeyBag;
}

// OpenSSL would decode the certificate, key and all, to give it away. SafeBag ::= SEQUENCE { bagId, [0] CertBag, ... };
// CertBag ::= SEQUENCE { certId, [0] OCTET STRING } (RFC 7292, 4.2 and 4.2.3).
std::string certificate_in(PKCS12_SAFEBAG& bag) {
  unsigned char* bytes = nullptr;
  int size = i2d_PKCS12_SAFEBAG(&bag, &bytes);
  if (size < 0) return {};
  std::string_view rest(reinterpret_cast<char*>(bytes), std::size_t(size));
  for (int level = 0; level < 2; ++level) {
    std::optional<Asn1Element> sequence = take_element(rest, V_ASN1_SEQUENCE);
    std::string_view fields = sequence ? sequence->content : "";
    take_element(fields, V_ASN1_OBJECT);
    std::optional<Asn1Element> value = take_element(fields, context_tag(0));
    rest = value ? value->content : "";
  }
  std::optional<Asn1Element> certificate = take_element(rest, V_ASN1_OCTET_STRING);
  std::string der(certificate ? certificate->content : "");
  OPENSSL_free(bytes);
  return der;
}

// How often the password is hashed to decrypt this. None: nobody can tell.
std::optional<long> iterations_of(const X509_ALGOR& algorithm) {
  const ASN1_OBJECT* id = nullptr;
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(&id, &type, &value, &algorithm);
  auto decode = [](const X509_ALGOR& of, const ASN1_ITEM* as) {
    return of.parameter && of.parameter->type == V_ASN1_SEQUENCE ? ASN1_TYPE_unpack_sequence(as, of.parameter)
                                                                 : nullptr;
  };
  const ASN1_INTEGER* count = nullptr;
  Owned<PBE2PARAM, PBE2PARAM_free> scheme;
  Owned<PBKDF2PARAM, PBKDF2PARAM_free> derivation;
  Owned<PBEPARAM, PBEPARAM_free> simple;
  if (OBJ_obj2nid(id) == NID_pbes2) {
    scheme.reset(static_cast<PBE2PARAM*>(decode(algorithm, ASN1_ITEM_rptr(PBE2PARAM))));
    bool pbkdf2 = scheme && OBJ_obj2nid(scheme->keyfunc->algorithm) == NID_id_pbkdf2;
    if (pbkdf2) derivation.reset(static_cast<PBKDF2PARAM*>(decode(*scheme->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM))));
    if (derivation) count = derivation->iter;
  } else {
    simple.reset(static_cast<PBEPARAM*>(decode(algorithm, ASN1_ITEM_rptr(PBEPARAM))));
    if (simple) count = simple->iter;
  }
  ERR_clear_error();
  if (!count) return std::nullopt;
  std::int64_t iterations = 0;
  bool fits = ASN1_INTEGER_get_int64(&iterations, count) == 1 && iterations > 0;
  ERR_clear_error();
  return fits ? iterations : kMostIterations + 1;
}

// An empty password is not the same as none.
const char* letters_of(const std::optional<Secret>& password) {
  if (!password) return nullptr;
  return password->reveal().empty() ? "" : password->reveal().data();
}

int length_of(const std::optional<Secret>& password) {
  return password ? int(password->reveal().size()) : 0;
}

}  // namespace

// One reading of a file.
class Pkcs12::Reader {
 public:
  Reader(std::string_view name, const std::optional<Secret>& password) : name_(name), password_(password) {}

  Result<Pkcs12> read(std::string_view der) {
    Owned<PKCS12, PKCS12_free> file = TRY(decode(der));
    read_.is_new_ = false;
    if (PKCS12_mac_present(file.get())) TRY(check_mac(*file));
    Parts parts(PKCS12_unpack_authsafes(file.get()));
    if (!parts) return damaged(openssl_reason());
    while (PKCS7* part = sk_PKCS7_shift(parts.get())) read_.safes_.emplace_back().sealed.reset(part);
    for (Safe& safe : read_.safes_) TRY(open(safe));
    read_.list();
    for (const Pkcs12Certificate& certificate : read_.certificates_) {
      if (certificate.der.empty()) return damaged("a certificate in it is empty");
    }
    return std::move(read_);
  }

 private:
  Result<Owned<PKCS12, PKCS12_free>> decode(std::string_view der) {
    // What is decoded into an object keeps its library.
    PKCS12* file = PKCS12_init_ex(NID_pkcs7_data, library(), nullptr);
    const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
    const unsigned char* at = begin;
    ERR_clear_error();
    Owned<PKCS12, PKCS12_free> owned;
    // A failure frees it.
    if (!d2i_PKCS12(&file, &at, long(der.size()))) return damaged(openssl_reason());
    owned.reset(file);
    if (at != begin + der.size()) return damaged("it goes on behind its end");
    return owned;
  }

  Result<> check_mac(PKCS12& file) {
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_INTEGER* count = nullptr;
    PKCS12_get0_mac(nullptr, &algorithm, nullptr, &count, &file);
    const ASN1_OBJECT* digest = nullptr;
    X509_ALGOR_get0(&digest, nullptr, nullptr, algorithm);
    std::int64_t iterations = 1;
    if (count && ASN1_INTEGER_get_int64(&iterations, count) != 1) iterations = kMostIterations + 1;
    TRY(spend(iterations));
    read_.mac_ = Mac{.digest = OBJ_obj2nid(digest), .iterations = int(iterations)};
    if (!EVP_get_digestbynid(read_.mac_->digest)) return unsupported("has a check sum of an unknown kind");
    read_.checked_ = password_.has_value();
    if (!password_ || PKCS12_verify_mac(&file, letters_of(password_), length_of(password_)) == 1) return {};
    std::string reason = openssl_reason();
    return reason.empty() ? wrong() : damaged(reason);
  }

  Result<> open(Safe& safe) {
    PKCS7* sealed = safe.sealed.get();
    if (!sealed->d.ptr) return damaged("a part of it is empty");  // its content is OPTIONAL (RFC 2315, 7)
    if (PKCS7_type_is_data(sealed)) {
      safe.bags.reset(PKCS12_unpack_p7data(sealed));
    } else if (PKCS7_type_is_encrypted(sealed)) {
      TRY(decrypt(safe));
    } else {
      return unsupported("is encrypted for a certificate instead of with a password");
    }
    if (!safe.bags) return damaged(openssl_reason());
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(safe.bags.get()); ++i) {
      if (PKCS12_SAFEBAG_get_nid(sk_PKCS12_SAFEBAG_value(safe.bags.get(), i)) == NID_safeContentsBag)
        return unsupported("has parts within parts");
    }
    return {};
  }

  Result<> decrypt(Safe& safe) {
    if (!password_) {
      return fail(Kind::Invalid, "trust.password-missing", cat(name_, ": is encrypted, and no password is given"));
    }
    std::optional<long> iterations = iterations_of(*safe.sealed->d.encrypted->enc_data->algorithm);
    if (!iterations) return unsupported("is encrypted in an unknown way");
    TRY(spend(*iterations));
    ERR_clear_error();
    safe.bags.reset(PKCS12_unpack_p7encdata(safe.sealed.get(), letters_of(password_), length_of(password_)));
    if (safe.bags) return {};
    int reason = ERR_GET_REASON(ERR_peek_error());
    bool unknown = reason == EVP_R_UNKNOWN_PBE_ALGORITHM || reason == ERR_R_UNSUPPORTED;
    std::string words = openssl_reason();
    if (unknown) return unsupported("is encrypted in an unknown way");
    // With a check sum that holds, the password is right.
    return read_.mac_ ? damaged(words) : wrong();
  }

  Result<> spend(std::int64_t iterations) {
    if (iterations < 1 || iterations > kMostIterations - spent_)
      return unsupported(cat("wants its password hashed more than ", kMostIterations, " times"));
    spent_ += iterations;
    return {};
  }

  std::unexpected<Error> damaged(std::string_view why) const {
    return fail(Kind::Invalid, "trust.damaged", cat(name_, ": the PKCS#12 store is damaged: ", why));
  }
  std::unexpected<Error> unsupported(std::string_view why) const {
    return fail(Kind::Invalid, "trust.unsupported", cat(name_, ": the PKCS#12 store ", why));
  }
  std::unexpected<Error> wrong() const {
    return fail(Kind::Invalid, "trust.password-wrong", cat(name_, ": the password does not open it, or it is damaged"));
  }

  std::string_view name_;
  const std::optional<Secret>& password_;
  std::int64_t spent_ = 0;  // iterations of hashing the password
  Pkcs12 read_;
};

Result<Pkcs12> Pkcs12::read(std::string_view der, std::string_view name, const std::optional<Secret>& password) {
  return Reader(name, password).read(der);
}

void Pkcs12::list() {
  certificates_.clear();
  keys_.clear();
  for (const Safe& safe : safes_) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(safe.bags.get()); ++i) {
      PKCS12_SAFEBAG& bag = *sk_PKCS12_SAFEBAG_value(safe.bags.get(), i);
      if (is_key(bag)) keys_.push_back({.alias = alias_of(bag), .key_id = key_id_of(bag)});
      if (!is_certificate(bag)) continue;
      certificates_.push_back(
          {.alias = alias_of(bag), .der = certificate_in(bag), .key_id = key_id_of(bag), .trusted = is_trusted(bag)});
    }
  }
}

Pkcs12::Safe& Pkcs12::plain_safe() {
  for (Safe& safe : safes_) {
    bool plain = !safe.sealed || PKCS7_type_is_data(safe.sealed.get());
    for (int i = 0; plain && i < sk_PKCS12_SAFEBAG_num(safe.bags.get()); ++i)
      plain = is_certificate(*sk_PKCS12_SAFEBAG_value(safe.bags.get(), i));
    if (plain) return safe;
  }
  Safe& made = safes_.emplace_back();
  made.bags.reset(sk_PKCS12_SAFEBAG_new_null());
  return made;
}

void Pkcs12::add(const std::vector<Pkcs12Addition>& certificates) {
  Safe& safe = plain_safe();
  for (const auto& [alias, certificate] : certificates)
    sk_PKCS12_SAFEBAG_push(safe.bags.get(), trusted_bag(alias, *certificate));
  safe.changed = true;
  list();
}

void Pkcs12::remove(const std::vector<std::size_t>& places) {
  std::size_t at = 0;
  for (Safe& safe : safes_) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(safe.bags.get()); ++i) {
      bool meant =
          is_certificate(*sk_PKCS12_SAFEBAG_value(safe.bags.get(), i)) && std::ranges::binary_search(places, at++);
      if (!meant) continue;
      PKCS12_SAFEBAG_free(sk_PKCS12_SAFEBAG_delete(safe.bags.get(), i--));
      safe.changed = true;
    }
  }
  list();
}

Owned<PKCS7, PKCS7_free> Pkcs12::seal(const Safe& safe, const std::optional<Secret>& password) {
  const PKCS7* before = safe.sealed.get();
  Owned<PKCS7, PKCS7_free> sealed;
  if (!safe.changed) {
    sealed.reset(PKCS7_dup(before));
  } else if (!before || PKCS7_type_is_data(before)) {
    sealed.reset(PKCS12_pack_p7data(safe.bags.get()));
  } else {
    const X509_ALGOR& algorithm = *before->d.encrypted->enc_data->algorithm;
    int scheme = OBJ_obj2nid(algorithm.algorithm);
    int iterations = int(iterations_of(algorithm).value_or(kIterations));
    sealed.reset(PKCS12_pack_p7encdata_ex(scheme == NID_pbes2 ? NID_aes_256_cbc : scheme, letters_of(password),
                                          length_of(password), nullptr, 0, iterations, safe.bags.get(), library(),
                                          nullptr));
  }
  return sealed;
}

Result<std::string> Pkcs12::write(const std::optional<Secret>& password) const {
  auto refused = [] {
    return fail(Kind::Internal, "trust.unwritable",
                cat("OpenSSL does not write the PKCS#12 store: ", openssl_reason()));
  };
  ERR_clear_error();
  Parts parts(sk_PKCS7_new_null());
  for (const Safe& safe : safes_) {
    Owned<PKCS7, PKCS7_free> sealed = seal(safe, password);
    if (!sealed) return refused();
    sk_PKCS7_push(parts.get(), sealed.release());
  }
  Owned<PKCS12, PKCS12_free> file(PKCS12_init_ex(NID_pkcs7_data, library(), nullptr));
  if (PKCS12_pack_authsafes(file.get(), parts.get()) != 1) return refused();
  std::optional<Mac> mac = mac_;
  if (is_new_ && password) mac = Mac{.digest = NID_sha256, .iterations = kIterations};
  bool good = !mac || PKCS12_set_mac(file.get(), letters_of(password), length_of(password), nullptr, 0, mac->iterations,
                                     EVP_get_digestbynid(mac->digest)) == 1;
  unsigned char* bytes = nullptr;
  int size = good ? i2d_PKCS12(file.get(), &bytes) : -1;
  if (size < 0) return refused();
  std::string der(reinterpret_cast<char*>(bytes), std::size_t(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace pforte::crypto
