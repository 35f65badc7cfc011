#include "crypto/certificate_request.h"

#include <doctest/doctest.h>

#include "crypto/private_key.h"

namespace pforte::crypto {
namespace {

std::vector<AlternativeName> two_names() {
  return {alternative_name("crm.example.com").value(), alternative_name("192.0.2.7").value()};
}

TEST_CASE("a request says what it was made for, in PEM and in DER") {
  for (KeyKind kind : {KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa2048}) {
    CAPTURE(name_of(kind));
    PrivateKey key = make_private_key(kind).value();
    Subject subject = {{"O", "Müller, Söhne & Co"}, {"CN", "crm.example.com"}};
    std::string der = make_certificate_request(*key, subject, two_names()).value();
    for (const std::string& content : {der, request_pem(der)}) {
      CertificateRequest request = read_certificate_request(content, "crm.csr").value();
      CHECK(request.der == der);
      CHECK(request.subject == "CN=crm.example.com,O=Müller\\, Söhne & Co");
      CHECK(request.common_name == "crm.example.com");
      CHECK(request.names == two_names());
      CHECK(!request.authority);
      CHECK(EVP_PKEY_eq(request.key.get(), key.get()) == 1);
    }
  }
}

TEST_CASE("a request that was changed is not signed by its key") {
  PrivateKey key = make_private_key().value();
  std::string der = make_certificate_request(*key, {{"CN", "crm.example.com"}}, {}).value();
  der[der.find("crm.example.com")] = 'C';
  Result<CertificateRequest> read = read_certificate_request(der, "crm.csr");
  REQUIRE(!read);
  CHECK(read.error().code() == "request.signature");
}

TEST_CASE("what is no request is none") {
  PrivateKey key = make_private_key().value();
  std::string der = make_certificate_request(*key, {{"CN", "crm.example.com"}}, {}).value();
  for (const std::string& content : {std::string(), std::string("hello"), der.substr(0, der.size() / 2), der + "x"}) {
    Result<CertificateRequest> read = read_certificate_request(content, "crm.csr");
    REQUIRE(!read);
    CHECK(read.error().code() == "request.damaged");
  }
}

}  // namespace
}  // namespace pforte::crypto
