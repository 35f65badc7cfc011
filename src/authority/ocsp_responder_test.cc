#include "authority/ocsp_responder.h"

#include <doctest/doctest.h>

#include "authority/testing.h"
#include "crypto/certificate_outline.h"
#include "crypto/ocsp.h"
#include "crypto/ocsp_making.h"
#include "pki/certificate_file.h"

namespace pforte::authority {
namespace {

using testing::Company;
using testing::kNow;
using testing::names;
using namespace std::chrono_literals;

// OCSPRequest of one CertID (RFC 6960, 4.1.1): SEQUENCEs around it.
std::string request_about(const X509& leaf, const X509& issuer) {
  std::string inner = crypto::ocsp_id_of(leaf, issuer);
  for (int level = 0; level < 4; ++level) inner.insert(inner.begin(), {'\x30', char(inner.size())});
  return inner;
}

struct Asked {
  Company company;
  std::shared_ptr<const Authority> authority = std::make_shared<const Authority>(company.open());
  OcspResponder responder{authority};
  LedgerEntry entry;
  crypto::Certificate leaf;
  std::string request;

  Asked() {
    crypto::PrivateKey key = crypto::make_private_key().value();
    entry = authority->issue(*company.store, {.key = *key, .names = names({"crm.example.com"})}, kNow).value().entry;
    leaf = crypto::certificate_from(pki::read_certificates(entry.certificate, "leaf")->front());
    request = request_about(*leaf, *authority->intermediate().x509);
  }
  OcspReply ask(UtcTime now) { return responder.answer(*company.store, request, now); }
  bool is_good(UtcTime now) {
    return crypto::check_ocsp_answer(ask(now).der, *leaf, *authority->intermediate().x509, now).has_value();
  }
};

TEST_CASE("a certificate is good until it is revoked, and at once no more") {
  Asked asked;
  CHECK(asked.is_good(kNow));
  CHECK(asked.ask(kNow).cacheable);
  REQUIRE(Ledger(*asked.company.store).revoke(asked.entry.serial, RevocationReason::Superseded, kNow));
  CHECK(!asked.is_good(kNow));
}

TEST_CASE("an answer is signed once, and again in the second half of its life") {
  Asked asked;
  std::string first = asked.ask(kNow).der;
  CHECK(asked.ask(kNow + 11h).der == first);
  OcspReply later = asked.ask(kNow + 13h);
  CHECK(later.der != first);
  CHECK(later.next_update == kNow + 37h);
}

TEST_CASE("of other authorities, and to what is no request, nothing is said") {
  Asked asked, other;
  asked.request = other.request;
  CHECK(asked.ask(kNow).der == crypto::ocsp_refusal(crypto::OcspRefusal::Unauthorized));
  for (const std::string& bytes : {std::string("x"), std::string(kMostOcspBytes + 1, 'x')}) {
    asked.request = bytes;
    CHECK(asked.ask(kNow).der == crypto::ocsp_refusal(crypto::OcspRefusal::Malformed));
  }
}

TEST_CASE("a serial number that was never given is unknown, and its answer is not kept") {
  Asked asked;
  (void)asked.company.store->change("DELETE FROM authority_certificate");
  OcspReply reply = asked.ask(kNow);
  CHECK(!asked.is_good(kNow));
  CHECK(reply.der.size() > 100);
}

TEST_CASE("so many answers a second are signed") {
  Asked asked;
  (void)asked.company.store->change("DELETE FROM authority_certificate");
  std::string later = crypto::ocsp_refusal(crypto::OcspRefusal::TryLater);
  for (std::uint32_t i = 0; i < OcspResponder::kMostSignatures; ++i) REQUIRE(asked.ask(kNow).der != later);
  CHECK(asked.ask(kNow).der == later);
  CHECK(asked.ask(kNow + 1s).der != later);
}

}  // namespace
}  // namespace pforte::authority
