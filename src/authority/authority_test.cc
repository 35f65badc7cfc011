#include "authority/authority.h"

#include <doctest/doctest.h>

#include "authority/testing.h"
#include "pki/certificate_file.h"

namespace pforte::authority {
namespace {

using testing::Company;
using testing::kNow;
using testing::names;
using namespace std::chrono_literals;

std::string_view code_of(const Result<IssuedCertificate>& issued) {
  return issued ? "issued" : issued.error().code();
}

TEST_CASE("a certificate for a server comes with its intermediate and is written down") {
  Company company;
  Authority authority = company.open({.base = "http://pki.example.com"});
  crypto::PrivateKey key = crypto::make_private_key().value();
  IssuedCertificate issued =
      authority.issue(*company.store, {.key = *key, .names = names({"crm.example.com", "192.0.2.7"})}, kNow).value();

  std::vector<std::string> chain = pki::read_certificates(issued.chain, "chain").value();
  REQUIRE(chain.size() == 2);
  pki::Certificate leaf = pki::read_certificate(chain[0], "leaf").value();
  CHECK(leaf.subject.text() == "CN=crm.example.com");
  CHECK(leaf.not_before == kNow - 5min);
  CHECK(leaf.not_after == kNow - 5min + std::chrono::days(90) - 1s);
  CHECK(leaf.serial.size() == 16);
  CHECK(leaf.distribution_points->front().names.front().value == "http://pki.example.com/.pforte/ca/intermediate.crl");

  std::vector<LedgerEntry> entries = Ledger(*company.store).all().value();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].serial == leaf.serial_text());
  CHECK(entries[0].names == std::vector<std::string>{"dns:crm.example.com", "ip:192.0.2.7"});
  CHECK(entries[0].not_after == leaf.not_after);
  CHECK(!entries[0].revoked);
}

TEST_CASE("a request is answered with the names that it asks for") {
  Company company;
  Authority authority = company.open();
  for (crypto::KeyKind kind : {crypto::KeyKind::EcP384, crypto::KeyKind::Rsa2048}) {
    crypto::PrivateKey key = crypto::make_private_key(kind).value();
    std::string der = crypto::make_certificate_request(*key, {{"CN", "old.example.com"}}, {}).value();
    crypto::CertificateRequest request = crypto::read_certificate_request(der, "r").value();
    Order order = order_for(request, CertificateProfile::ServerAndClient).value();
    IssuedCertificate issued = authority.issue(*company.store, order, kNow).value();
    CHECK(issued.entry.names == std::vector<std::string>{"dns:old.example.com"});
  }
}

TEST_CASE("what nobody would trust is not issued, and not written down") {
  Company company({.name = "Example", .bounds = {.permitted = names({"example.com"})}});
  Authority authority = company.open();
  crypto::PrivateKey key = crypto::make_private_key().value();
  crypto::PrivateKey weak(EVP_RSA_gen(1024));
  auto issue = [&](EVP_PKEY& with, std::initializer_list<std::string_view> texts, std::chrono::seconds lifetime) {
    Order order{.key = with, .names = names(texts), .lifetime = lifetime};
    return authority.issue(*company.store, order, kNow);
  };
  CHECK(code_of(issue(*key, {"example.org"}, 24h)) == "authority.refused");
  CHECK(code_of(issue(*key, {"192.0.2.7"}, 24h)) == "authority.refused");
  CHECK(code_of(issue(*key, {"www.example.com", "ann@example.org"}, 24h)) == "authority.refused");
  CHECK(code_of(issue(*weak, {"crm.example.com"}, 24h)) == "authority.refused");
  CHECK(code_of(issue(*key, {"www.example.com"}, 24h)) == "issued");
  CHECK(code_of(issue(*key, {}, 24h)) == "authority.names");
  CHECK(code_of(issue(*key, {"a.*.example.com"}, 24h)) == "authority.names");
  CHECK(code_of(issue(*key, {"crm.example.com"}, std::chrono::days(826))) == "authority.lifetime");
  CHECK(code_of(issue(*key, {"crm.example.com"}, std::chrono::days(825))) == "issued");
  CHECK(Ledger(*company.store).all()->size() == 2);
}

TEST_CASE("a client's certificate has a name of its own") {
  Company company;
  crypto::PrivateKey key = crypto::make_private_key().value();
  IssuedCertificate issued =
      company.open()
          .issue(*company.store,
                 {.key = *key, .names = {}, .common_name = "Ann Example", .profile = CertificateProfile::Client}, kNow)
          .value();
  CHECK(issued.entry.subject == "CN=Ann Example");
}

TEST_CASE("an intermediate issues nothing that outlives it, and nothing before it is valid or once it has expired") {
  Company company;
  Authority authority = company.open();
  crypto::PrivateKey key = crypto::make_private_key().value();
  UtcTime end = *authority.intermediate().judged.not_after;
  Order order{.key = *key, .names = names({"crm.example.com"})};
  CHECK(authority.issue(*company.store, order, end - 24h)->entry.not_after == end);
  CHECK(code_of(authority.issue(*company.store, order, end + 1s)) == "authority.expired");
  CHECK(code_of(authority.issue(*company.store, order, kNow - std::chrono::days(365))) == "authority.early");
}

TEST_CASE("an authority opens with its own password and its own key") {
  Company company, other;
  CHECK(Authority::open(company.places, Secret("wrong")).error().code() == "key.password-wrong");
  std::filesystem::copy_file(other.places.intermediate_key(), company.places.intermediate_key(),
                             std::filesystem::copy_options::overwrite_existing);
  Result<Authority> mixed = Authority::open(company.places, Secret("work"));
  REQUIRE(!mixed);
  CHECK(mixed.error().code() == "authority.key-mismatch");
  CHECK(mixed.error().text().starts_with(company.places.intermediate_key()));
  CHECK(Authority::open({company.folder.path() + "/none"}, Secret("work")).error().code() == "authority.none");
}

}  // namespace
}  // namespace pforte::authority
