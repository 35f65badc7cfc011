#include "crypto/pem_blocks.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using testing::make_authority;
using testing::pem_of;
using testing::trusted_pem_of;

Result<std::vector<PemBlock>> certificates_in(std::string_view text) {
  return read_pem_blocks(text, "f.pem", PemThing::Certificate);
}

TEST_CASE("blocks of a PEM text are found where they stand, whatever is between them") {
  Identity made = make_authority();
  std::string block = pem_of(*made.chain[0]), key = pem_of(*made.key);
  std::string text = cat("before -----BEGIN nothing\n", block, "between\n", key, block, "behind");
  auto blocks = certificates_in(text);
  REQUIRE(blocks);
  REQUIRE(blocks->size() == 3);
  CHECK(blocks->at(0).is_certificate());
  CHECK(blocks->at(0).line == 2);
  CHECK(blocks->at(0).content == der_of(*made.chain[0]));
  CHECK(text.substr(blocks->at(0).begin, blocks->at(0).end - blocks->at(0).begin) == block);
  CHECK(blocks->at(1).is_private_key());
  CHECK(blocks->at(1).content.empty());
  CHECK(text.substr(blocks->at(2).begin) == block + "behind");
}

TEST_CASE("a block that is indented is one, a line behind '#' is a comment, and what else does not end is nothing") {
  Identity made = make_authority();
  std::string block = pem_of(*made.chain[0]), indented = "  ";
  for (char c : block) indented += c == '\n' ? std::string("\r\n\t ") : std::string(1, c);
  auto blocks =
      certificates_in(cat("# -----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n", indented, '\n', block));
  REQUIRE(blocks);
  REQUIRE(blocks->size() == 2);
  CHECK(blocks->at(0).line == 3);
  CHECK(blocks->at(0).content == der_of(*made.chain[0]));
}

TEST_CASE("a certificate is written as OpenSSL writes it") {
  Identity made = make_authority();
  CHECK(pem_block(der_of(*made.chain[0])) == pem_of(*made.chain[0]));
}

TEST_CASE("of a certificate with OpenSSL's own name for it, the certificate alone is kept") {
  Identity made = make_authority();
  X509_alias_set1(made.chain[0].get(), reinterpret_cast<const unsigned char*>("name"), 4);
  auto blocks = certificates_in(trusted_pem_of(*made.chain[0]));
  REQUIRE(blocks);
  CHECK(blocks->at(0).label == "TRUSTED CERTIFICATE");
  CHECK(certificate_from(blocks->at(0).content));
  CHECK(!blocks->at(0).has_trust_settings);
}

TEST_CASE("a certificate that OpenSSL is told to trust for some purposes alone is marked") {
  using Setting = int (*)(X509*, const ASN1_OBJECT*);
  for (Setting setting : {Setting(X509_add1_trust_object), Setting(X509_add1_reject_object)}) {
    Identity made = make_authority();
    setting(made.chain[0].get(), OBJ_nid2obj(NID_server_auth));
    auto blocks = certificates_in(trusted_pem_of(*made.chain[0]));
    REQUIRE(blocks);
    CHECK(blocks->at(0).has_trust_settings);
  }
}

TEST_CASE("a block that does not end is told with its line") {
  Identity made = make_authority();
  std::string block = pem_of(*made.chain[0]);
  auto blocks = certificates_in(cat("\n\n", block.substr(0, 100)));
  REQUIRE(!blocks);
  CHECK(blocks.error().code() == "certificate.damaged");
  CHECK(blocks.error().text() == "f.pem:3: the certificate has no line that ends it");
}

}  // namespace
}  // namespace pforte::crypto
