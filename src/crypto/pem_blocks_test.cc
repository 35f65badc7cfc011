#include "crypto/pem_blocks.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using testing::make_authority;
using testing::pem_of;

TEST_CASE("blocks of a PEM text are found where they stand, whatever is between them") {
  Identity made = make_authority();
  std::string block = pem_of(*made.chain[0]), key = pem_of(*made.key);
  std::string text = cat("before -----BEGIN nothing\n", block, "between\n", key, block, "behind");
  auto blocks = read_pem_blocks(text, "f");
  REQUIRE(blocks);
  REQUIRE(blocks->size() == 3);
  CHECK(blocks->at(0).is_certificate());
  CHECK(blocks->at(0).content == der_of(*made.chain[0]));
  CHECK(text.substr(blocks->at(0).begin, blocks->at(0).end - blocks->at(0).begin) == block);
  CHECK(blocks->at(1).is_private_key());
  CHECK(blocks->at(1).content.empty());
  CHECK(text.substr(blocks->at(2).begin) == block + "behind");
}

TEST_CASE("a certificate is written as OpenSSL writes it") {
  Identity made = make_authority();
  CHECK(pem_block(der_of(*made.chain[0])) == pem_of(*made.chain[0]));
}

TEST_CASE("of a certificate with OpenSSL's trust settings, the certificate alone is kept") {
  Identity made = make_authority();
  X509_alias_set1(made.chain[0].get(), reinterpret_cast<const unsigned char*>("name"), 4);
  Bytes out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_AUX(out.get(), made.chain[0].get());
  auto blocks = read_pem_blocks(testing::text_in(*out), "f");
  REQUIRE(blocks);
  CHECK(blocks->at(0).label == "TRUSTED CERTIFICATE");
  CHECK(certificate_from(blocks->at(0).content));
}

TEST_CASE("a certificate that OpenSSL is told to trust for some purposes alone is not taken for all") {
  using Setting = int (*)(X509*, const ASN1_OBJECT*);
  for (Setting setting : {Setting(X509_add1_trust_object), Setting(X509_add1_reject_object)}) {
    Identity made = make_authority();
    setting(made.chain[0].get(), OBJ_nid2obj(NID_server_auth));
    Bytes out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509_AUX(out.get(), made.chain[0].get());
    auto blocks = read_pem_blocks(testing::text_in(*out), "f.pem");
    REQUIRE(!blocks);
    CHECK(blocks.error().code() == "certificate.trust-settings");
    CHECK(blocks.error().text().starts_with("f.pem: PEM block 1 says"));
  }
}

TEST_CASE("a block that does not end is told with its number") {
  Identity made = make_authority();
  std::string block = pem_of(*made.chain[0]);
  auto blocks = read_pem_blocks(cat(block, block.substr(0, 100)), "f.pem");
  REQUIRE(!blocks);
  CHECK(blocks.error().code() == "certificate.damaged");
  CHECK(blocks.error().text().starts_with("f.pem: PEM block 2 is damaged"));
}

}  // namespace
}  // namespace pforte::crypto
