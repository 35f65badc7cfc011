#include "crypto/ocsp_making.h"

#include <doctest/doctest.h>
#include <openssl/ocsp.h>

#include "crypto/certificate_outline.h"
#include "crypto/ocsp.h"
#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using namespace std::chrono_literals;
using State = OcspStatus::State;

constexpr UtcTime kThen = std::chrono::sys_days(2026y / std::chrono::June / 1);

// As a client of OpenSSL asks.
std::string question(const X509& leaf, const X509& issuer, const EVP_MD* digest, int nonce_size = 0) {
  Owned<OCSP_REQUEST, OCSP_REQUEST_free> request(OCSP_REQUEST_new());
  OCSP_request_add0_id(request.get(), OCSP_cert_to_id(digest, &leaf, &issuer));
  std::string nonce(std::size_t(nonce_size), 'n');
  if (nonce_size > 0)
    OCSP_request_add1_nonce(request.get(), reinterpret_cast<unsigned char*>(nonce.data()), nonce_size);
  unsigned char* der = nullptr;
  int size = i2d_OCSP_REQUEST(request.get(), &der);
  std::string bytes(reinterpret_cast<char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return bytes;
}

TEST_CASE("a request is understood by each hash function that its client may use") {
  Identity authority = testing::make_authority(), other = testing::make_authority("other");
  Identity leaf = testing::issue({}, &authority);
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256(), EVP_sha384()}) {
    OcspRequest request = read_ocsp_request(question(*leaf.chain[0], *authority.chain[0], digest)).value();
    REQUIRE(request.ids.size() == 1);
    CHECK(is_issued_by(request.ids[0], *authority.chain[0]));
    CHECK(!is_issued_by(request.ids[0], *other.chain[0]));
    CHECK(!request.nonce);
  }
}

TEST_CASE("an answer says good, revoked or unknown, and returns the nonce") {
  Identity authority = testing::make_authority();
  Identity leaf = testing::issue({}, &authority);
  OcspRequest request = read_ocsp_request(question(*leaf.chain[0], *authority.chain[0], EVP_sha1(), 32)).value();
  CHECK(request.nonce == std::string(32, 'n'));
  for (State state : {State::Good, State::Revoked, State::Unknown}) {
    OcspContent content{.all = {{.id = request.ids[0], .status = {.state = state, .revoked = kThen, .reason = 1}}},
                        .this_update = kThen,
                        .next_update = kThen + 24h,
                        .nonce = request.nonce};
    std::string answer = make_ocsp_answer(content, {authority.chain[0].get(), *authority.key}).value();
    Result<UtcTime> good = check_ocsp_answer(answer, *leaf.chain[0], *authority.chain[0], kThen);
    CHECK(good.has_value() == (state == State::Good));
    CHECK(answer.find(std::string(32, 'n')) != std::string::npos);
  }
}

TEST_CASE("a nonce has 1 to 128 bytes, and garbage is no request") {
  Identity authority = testing::make_authority();
  Identity leaf = testing::issue({}, &authority);
  auto read = [&](int nonce) {
    return read_ocsp_request(question(*leaf.chain[0], *authority.chain[0], EVP_sha1(), nonce)).has_value();
  };
  CHECK(read(1));
  CHECK(read(128));
  CHECK(!read(129));
  std::string whole = question(*leaf.chain[0], *authority.chain[0], EVP_sha1());
  for (const std::string& bytes : {std::string(), std::string("x"), whole.substr(0, 40), whole + "x"})
    CHECK(!read_ocsp_request(bytes));
}

TEST_CASE("a refusal is a whole answer") {
  CHECK(ocsp_refusal(OcspRefusal::Unauthorized) == std::string("\x30\x03\x0a\x01\x06", 5));
}

}  // namespace
}  // namespace pforte::crypto
