#include "pki/status.h"

#include <doctest/doctest.h>
#include <openssl/ocsp.h>

#include <string>

#include "crypto/ocsp_making.h"
#include "crypto/owned.h"
#include "pki/testing.h"

namespace pforte::pki {
namespace {

using testing::kNow;

struct Issued {
  testing::Made root = testing::make(testing::authority("root"), nullptr);
  testing::Made other = testing::make(testing::authority("root"), nullptr);  // of the same name
  testing::Made leaf = testing::make({.serial = 7}, &root);
};

// A response about `leaf`, signed by `signer`.
struct ResponseRecipe {
  int status = V_OCSP_CERTSTATUS_GOOD;
  int reason = OCSP_REVOKED_STATUS_KEYCOMPROMISE;
  Instant from = kNow - std::chrono::hours(1), until = kNow + std::chrono::hours(1);
};

crypto::Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> asn1_time(Instant at) {
  return crypto::Owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>(
      ASN1_GENERALIZEDTIME_set(nullptr, std::chrono::system_clock::to_time_t(at)));
}

OcspResponse response_about(const Issued& made, const ResponseRecipe& recipe, const testing::Made& signer) {
  crypto::OcspBasic basic(OCSP_BASICRESP_new());
  crypto::Owned<OCSP_CERTID, OCSP_CERTID_free> id(
      OCSP_cert_to_id(EVP_sha1(), made.leaf.x509.get(), made.root.x509.get()));
  auto from = asn1_time(recipe.from), until = asn1_time(recipe.until);
  bool revoked = recipe.status == V_OCSP_CERTSTATUS_REVOKED;
  OCSP_basic_add1_status(basic.get(), id.get(), recipe.status, recipe.reason, revoked ? from.get() : nullptr,
                         from.get(), until.get());
  OCSP_basic_sign(basic.get(), signer.x509.get(), signer.key.get(), EVP_sha256(), nullptr, OCSP_NOCERTS);
  crypto::OcspAnswer answer(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  unsigned char* der = nullptr;
  int size = i2d_OCSP_RESPONSE(answer.get(), &der);
  OcspResponse response = read_ocsp({reinterpret_cast<char*>(der), std::size_t(size)}, "http://ocsp").value();
  OPENSSL_free(der);
  return response;
}

StatusTold told_by_response(const Issued& made, const ResponseRecipe& recipe) {
  return status_told(response_about(made, recipe, made.root), made.leaf.certificate, made.root.certificate, kNow);
}

StatusTold told_by_list(const Issued& made, const testing::ListRecipe& recipe, const testing::Made& signer) {
  return status_told(testing::make_list(recipe, signer), made.leaf.certificate, made.root.certificate, kNow);
}

TEST_CASE("a response and a list tell that a certificate is good, until when") {
  Issued made;
  StatusTold by_response = told_by_response(made, {});
  CHECK(by_response.good);
  CHECK(by_response.until == kNow + std::chrono::hours(1));
  StatusTold by_list = told_by_list(made, {.revoked = {8}}, made.root);
  CHECK(by_list.good);
  CHECK(by_list.until == kNow + std::chrono::days(1));
}

TEST_CASE("they tell since when, and why it was revoked") {
  Issued made;
  StatusTold by_response = told_by_response(made, {.status = V_OCSP_CERTSTATUS_REVOKED});
  CHECK(!by_response.good);
  CHECK(by_response.revoked == kNow - std::chrono::hours(1));
  CHECK(reason_name(by_response.reason) == "keyCompromise");
  StatusTold by_list = told_by_list(made, {.revoked = {7}}, made.root);
  CHECK(!by_list.good);
  CHECK(by_list.revoked == kNow - std::chrono::days(1));
  CHECK(reason_name(by_list.reason).empty());
}

TEST_CASE("what the responder does not know is told as that") {
  Issued made;
  StatusTold told = told_by_response(made, {.status = V_OCSP_CERTSTATUS_UNKNOWN});
  CHECK(!told.good);
  CHECK(!told.revoked);
  CHECK(told.responder_lacks_it);
}

TEST_CASE("what is out of date, or signed by another, tells nothing, whatever it says") {
  Issued made;
  ResponseRecipe old{
      .status = V_OCSP_CERTSTATUS_REVOKED, .from = kNow - std::chrono::days(9), .until = kNow - std::chrono::days(2)};
  StatusTold stale = told_by_response(made, old);
  StatusTold foreign =
      status_told(response_about(made, {}, made.other), made.leaf.certificate, made.root.certificate, kNow);
  StatusTold foreign_unknown = status_told(response_about(made, {.status = V_OCSP_CERTSTATUS_UNKNOWN}, made.other),
                                           made.leaf.certificate, made.root.certificate, kNow);
  StatusTold stale_list = told_by_list(made, {.until = kNow - std::chrono::hours(1)}, made.root);
  StatusTold foreign_list = told_by_list(made, {.revoked = {7}}, made.other);
  for (const StatusTold& told : {stale, foreign, foreign_unknown, stale_list, foreign_list}) {
    CHECK(!told.good);
    CHECK(!told.revoked);
    CHECK(!told.responder_lacks_it);
    CHECK(!told.why_unknown.en.empty());
  }
  CHECK(stale.why_unknown.en.contains("for another time"));
  CHECK(stale_list.why_unknown.en.contains("for another time"));
  CHECK(foreign.why_unknown.en.contains("nobody who may has signed it"));
  CHECK(foreign_list.why_unknown.en.contains("nobody who may has signed it"));
}

TEST_CASE("a request asks for the one certificate, and for no nonce") {
  Issued made;
  Result<std::string> request = make_ocsp_request(made.leaf.certificate, made.root.certificate);
  REQUIRE(request);
  Result<crypto::OcspRequest> read = crypto::read_ocsp_request(*request);
  REQUIRE(read);
  REQUIRE(read->ids.size() == 1);
  CHECK(read->ids.front().serial == "\7");
  CHECK(crypto::is_issued_by(read->ids.front(), *made.root.x509));
  CHECK(!read->nonce);
}

}  // namespace
}  // namespace pforte::pki
