#include "crypto/certificate_making.h"

#include <doctest/doctest.h>
#include <openssl/x509v3.h>

#include "crypto/crl_making.h"
#include "crypto/private_key.h"

namespace pforte::crypto {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime kFrom = std::chrono::sys_days(2026y / std::chrono::June / 1);

CertificateContent root_content() {
  return {.subject = {{"CN", "Example Root"}},
          .not_before = kFrom,
          .not_after = kFrom + 24h,
          .serial = random_serial(),
          .authority = true,
          .key_usage = "keyCertSign,cRLSign"};
}

std::string text_of_certificate(X509& x) {
  Bytes out(BIO_new(BIO_s_mem()));
  X509_print(out.get(), &x);
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return {data, std::size_t(size)};
}

TEST_CASE("a certificate says what it was made with") {
  PrivateKey root_key = make_private_key().value(), key = make_private_key().value();
  Certificate root = make_certificate(root_content(), *root_key, {.key = *root_key}).value();
  CHECK(X509_verify(root.get(), root_key.get()) == 1);

  CertificateContent content{.subject = {},
                             .names = {alternative_name("crm.example.com").value()},
                             .not_before = kFrom,
                             .not_after = kFrom + 1h,
                             .serial = random_serial(),
                             .key_usage = "digitalSignature",
                             .extended_key_usage = "serverAuth",
                             .crl_url = "http://pki.example.com/a,b.crl",
                             .ocsp_url = "http://pki.example.com/ocsp"};
  content.more.push_back({.id = "1.3.6.1.5.5.7.1.31", .critical = true, .der = std::string("\x04\x00", 2)});
  Certificate leaf = make_certificate(content, *key, {root.get(), *root_key}).value();
  CHECK(X509_verify(leaf.get(), root_key.get()) == 1);
  CHECK(X509_check_issued(root.get(), leaf.get()) == X509_V_OK);
  CHECK(not_after(*leaf) == kFrom + 1h);
  std::string text = text_of_certificate(*leaf);
  for (const char* part : {"X509v3 Subject Alternative Name: critical", "DNS:crm.example.com", "CA:FALSE",
                           "URI:http://pki.example.com/a,b.crl", "OCSP - URI:http://pki.example.com/ocsp",
                           "TLS Web Server Authentication", "1.3.6.1.5.5.7.1.31: critical"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("an authority can be bound to names") {
  PrivateKey key = make_private_key().value();
  CertificateContent content = root_content();
  content.path_length = 0;
  content.permitted = {alternative_name("dns:example.com").value(), alternative_name("ip:10.0.0.0/8").value()};
  content.excluded = {alternative_name("dns:secret.example.com").value()};
  Certificate made = make_certificate(content, *key, {.key = *key}).value();
  std::string text = text_of_certificate(*made);
  for (const char* part : {"Name Constraints: critical", "DNS:example.com", "IP:10.0.0.0/255.0.0.0",
                           "DNS:secret.example.com", "pathlen:0"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("a subject that is too long makes no certificate") {
  PrivateKey key = make_private_key().value();
  CertificateContent content = root_content();
  content.subject = {{"CN", std::string(65, 'x')}};
  Result<Certificate> made = make_certificate(content, *key, {.key = *key});
  REQUIRE(!made);
  CHECK(made.error().code() == "certificate.unmakeable");
}

TEST_CASE("serial numbers are positive and never the same") {
  std::string one = random_serial();
  CHECK(one.size() == 16);
  CHECK((one[0] & 0xc0) == 0x40);
  CHECK(one != random_serial());
}

TEST_CASE("a revocation list names what was revoked, when and why") {
  PrivateKey key = make_private_key().value();
  Certificate root = make_certificate(root_content(), *key, {.key = *key}).value();
  CrlContent content{.number = 7, .this_update = kFrom, .next_update = kFrom + 24h, .revoked = {}};
  content.revoked.push_back({.serial = "\x41\x02", .when = kFrom, .reason = 1});
  std::string der = make_crl(content, {root.get(), *key}).value();
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  Owned<X509_CRL, X509_CRL_free> list(d2i_X509_CRL(nullptr, &at, long(der.size())));
  REQUIRE(list);
  CHECK(X509_CRL_verify(list.get(), key.get()) == 1);
  CHECK(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list.get())) == 1);
  CHECK(X509_CRL_get_ext_by_NID(list.get(), NID_crl_number, -1) >= 0);
  CHECK(X509_CRL_get_ext_by_NID(list.get(), NID_authority_key_identifier, -1) >= 0);
}

}  // namespace
}  // namespace pforte::crypto
