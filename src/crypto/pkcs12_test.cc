#include "crypto/pkcs12.h"

#include <doctest/doctest.h>
#include <openssl/provider.h>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using testing::issue;
using testing::make_authority;

const std::optional<Secret> no_password;

std::string write(const Pkcs12& file, const std::optional<Secret>& password) {
  auto written = file.write(password);
  REQUIRE(written);
  return *written;
}

// As `openssl pkcs12 -export` makes it: a key, its certificate and another.
std::string keystore(const Identity& identity, X509* authority, const char* password, int scheme) {
  Owned<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }> others(sk_X509_new_null());
  sk_X509_push(others.get(), authority);
  Owned<PKCS12, PKCS12_free> made(PKCS12_create(password, "the key", identity.key.get(), identity.chain[0].get(),
                                                others.get(), scheme, scheme, 2048, 2048, 0));
  REQUIRE(made);
  Bytes out(BIO_new(BIO_s_mem()));
  i2d_PKCS12_bio(out.get(), made.get());
  return testing::text_in(*out);
}

std::vector<Pkcs12Addition> additions(const std::vector<std::pair<std::string, const Identity*>>& named) {
  std::vector<Pkcs12Addition> all;
  all.reserve(named.size());
  for (const auto& [alias, identity] : named)
    all.push_back({.alias = alias, .certificate = certificate_from(der_of(*identity->chain[0]))});
  return all;
}

TEST_CASE("what is put into a PKCS#12 file is read again, with any password and without") {
  Identity first = make_authority("first"), second = make_authority("second");
  for (const char* word : {"changeit", "", "P\u00e4ssw\u00f6rt \u20ac \U0001f511", static_cast<const char*>(nullptr)}) {
    std::optional<Secret> password;
    if (word) password.emplace(word);
    Pkcs12 made;
    made.add(additions({{"first", &first}, {"zw\u00f6lf \U0001f511", &second}}));
    auto read = Pkcs12::read(write(made, password), "f", password);
    REQUIRE(read);
    CHECK(read->has_mac() == (word != nullptr));
    CHECK(read->checked());
    REQUIRE(read->certificates().size() == 2);
    CHECK(read->certificates()[0].alias == "first");
    CHECK(read->certificates()[0].der == der_of(*first.chain[0]));
    CHECK(read->certificates()[0].trusted);
    CHECK(read->certificates()[1].alias == "zw\u00f6lf \U0001f511");
    CHECK(read->keys().empty());
  }
}

TEST_CASE("a private key stays as it is, whatever is added and removed beside it") {
  Identity authority = make_authority(), server = issue({}, &authority), other = make_authority("other");
  for (int scheme : {NID_aes_256_cbc, NID_pbe_WithSHA1And3_Key_TripleDES_CBC}) {
    CAPTURE(scheme);
    std::optional<Secret> password("secret");
    auto file = Pkcs12::read(keystore(server, authority.chain[0].get(), "secret", scheme), "f", password);
    REQUIRE(file);
    REQUIRE(file->keys().size() == 1);
    CHECK(file->keys()[0].alias == "the key");
    CHECK(file->keys()[0].key_id == file->certificates()[0].key_id);
    CHECK(!file->certificates()[1].trusted);
    file->add(additions({{"other", &other}}));
    file->remove({1});
    std::string written = write(*file, password);

    auto again = Pkcs12::read(written, "f", password);
    REQUIRE(again);
    REQUIRE(again->certificates().size() == 2);
    CHECK(again->certificates()[0].der == der_of(*server.chain[0]));
    CHECK(again->certificates()[1].alias == "other");
    const auto* at = reinterpret_cast<const unsigned char*>(written.data());
    Owned<PKCS12, PKCS12_free> parsed(d2i_PKCS12(nullptr, &at, long(written.size())));
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    REQUIRE(PKCS12_parse(parsed.get(), "secret", &key, &certificate, nullptr) == 1);
    PrivateKey owned(key);
    Certificate own(certificate);
    CHECK(EVP_PKEY_eq(key, server.key.get()) == 1);
  }
}

TEST_CASE("a wrong password, or none where one is needed, is told") {
  Identity authority = make_authority(), server = issue({}, &authority);
  std::string encrypted = keystore(server, authority.chain[0].get(), "secret", NID_aes_256_cbc);
  CHECK(Pkcs12::read(encrypted, "f", std::optional<Secret>("Secret")).error().code() == "trust.password-wrong");
  CHECK(Pkcs12::read(encrypted, "f", std::optional<Secret>("")).error().code() == "trust.password-wrong");
  CHECK(Pkcs12::read(encrypted, "f", no_password).error().code() == "trust.password-missing");
}

TEST_CASE("what is not encrypted is read without its password, and nobody says that it was checked") {
  Identity authority = make_authority();
  Pkcs12 made;
  made.add(additions({{"a", &authority}}));
  auto read = Pkcs12::read(write(made, std::optional<Secret>("secret")), "f", no_password);
  REQUIRE(read);
  CHECK(!read->checked());
  CHECK(read->certificates().size() == 1);
}

TEST_CASE("a file that is cut or changed anywhere is refused") {
  Identity authority = make_authority();
  Pkcs12 made;
  made.add(additions({{"a", &authority}}));
  std::optional<Secret> password("secret");
  std::string whole = write(made, password);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(!Pkcs12::read(whole.substr(0, size), "f", password));
  }
  CHECK(!Pkcs12::read(whole + "x", "f", password));
  for (std::size_t at = 60; at < whole.size(); at += 7) {
    CAPTURE(at);
    std::string changed = whole;
    changed[at] = char(changed[at] ^ 0x20);
    CHECK(!Pkcs12::read(changed, "f", password));
  }
}

TEST_CASE("a part that says it is encrypted, and has no content, is refused") {
  constexpr std::string_view kFile(
      "\x30\x23\x02\x01\x03\x30\x1e\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x11\x04\x0f"
      "\x30\x0d\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06");
  auto read = Pkcs12::read(kFile, "f", Secret("changeit"));
  REQUIRE(!read);
  CHECK(read.error().code() == "trust.damaged");
}

TEST_CASE("a file that wants to keep us busy is refused") {
  Identity authority = make_authority(), server = issue({}, &authority);
  Owned<PKCS12, PKCS12_free> file(PKCS12_create("x", "k", server.key.get(), server.chain[0].get(), nullptr,
                                                NID_aes_256_cbc, NID_aes_256_cbc, 2048, -1, 0));
  // Sets the count of iterations alone; hashing that often is what must not happen.
  REQUIRE(PKCS12_setup_mac(file.get(), 2'000'000'000, nullptr, 8, EVP_sha256()) == 1);
  Bytes out(BIO_new(BIO_s_mem()));
  i2d_PKCS12_bio(out.get(), file.get());
  auto read = Pkcs12::read(testing::text_in(*out), "f", std::optional<Secret>("x"));
  REQUIRE(!read);
  CHECK(read.error().code() == "trust.unsupported");
}

}  // namespace
}  // namespace pforte::crypto
