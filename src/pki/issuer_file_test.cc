#include "pki/issuer_file.h"

#include <doctest/doctest.h>
#include <openssl/pkcs7.h>

#include <string>

#include "crypto/owned.h"
#include "crypto/pem_blocks.h"
#include "pki/testing.h"

namespace pforte::pki {
namespace {

// A certs-only message of CMS with so many certificates.
std::string message_with(const testing::Made& made, std::size_t count) {
  crypto::Owned<PKCS7, PKCS7_free> message(PKCS7_new());
  PKCS7_set_type(message.get(), NID_pkcs7_signed);
  PKCS7_content_new(message.get(), NID_pkcs7_data);
  for (std::size_t i = 0; i < count; ++i) PKCS7_add_certificate(message.get(), made.x509.get());
  unsigned char* der = nullptr;
  int size = i2d_PKCS7(message.get(), &der);
  std::string bytes(reinterpret_cast<char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

TEST_CASE("an issuer is read from DER, PEM and a message of CMS") {
  testing::Made root = testing::make(testing::authority("root"), nullptr);
  const std::string& der = root.certificate.der;
  for (const std::string& bytes : {der, crypto::pem_block(der), message_with(root, 1)}) {
    auto read = read_issuers(bytes, "http://pki/ca");
    REQUIRE(read);
    REQUIRE(read->certificates.size() == 1);
    CHECK(read->certificates.front().der == der);
    CHECK(read->is_message == (bytes == message_with(root, 1)));
  }
}

TEST_CASE("what holds no certificate, or too many, is refused by its address") {
  testing::Made root = testing::make(testing::authority("root"), nullptr);
  for (const std::string& bytes : {std::string(), std::string("<html>"), std::string("-----BEGIN X-----\n"),
                                   message_with(root, 0), message_with(root, kMostIssuers + 1)}) {
    auto read = read_issuers(bytes, "http://pki/ca");
    REQUIRE(!read);
    CHECK(read.error().text().contains("http://pki/ca"));
  }
}

}  // namespace
}  // namespace pforte::pki
