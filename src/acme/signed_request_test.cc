#include "acme/signed_request.h"

#include <doctest/doctest.h>

#include "acme/jws.h"
#include "base/bytes.h"
#include "base/text.h"

namespace pforte::acme {
namespace {

std::string with_header(std::string_view header) {
  return cat(R"({"protected":")", to_base64url(header), R"(","payload":"","signature":"AA"})");
}

TEST_CASE("what our client signs is read, and holds for its key alone") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  std::string body = sign_request(key, {.url = "https://ca/new", .nonce = "n", .account = {}}, "{}").value();
  SignedRequest request = SignedRequest::read(body).value();
  CHECK(request.algorithm() == "ES256");
  CHECK(request.url() == "https://ca/new");
  CHECK(request.nonce() == "n");
  CHECK(request.payload() == "{}");
  REQUIRE(request.key());
  CHECK(request.key()->thumbprint() == key.id());
  CHECK(request.is_signed_by(*request.key()));
  crypto::SigningKey other = crypto::SigningKey::make().value();
  CHECK(!request.is_signed_by(read_jwk(bare_jwk(other)).value()));
}

TEST_CASE("a binding holds for its key alone") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  std::string mac_key = to_base64url("0123456789abcdef");
  SignedRequest binding =
      SignedRequest::read(bind_account(key, "kid", Secret(mac_key), "https://ca/new").value()).value();
  CHECK(binding.account() == "kid");
  CHECK(binding.is_bound_by(Secret("0123456789abcdef")));
  CHECK(!binding.is_bound_by(Secret("0123456789abcdeF")));
}

TEST_CASE("what two readers could understand differently is refused") {
  const std::string rows[] = {
      "",
      "[]",
      "{}",
      R"({"protected":"","payload":"","signature":""})",
      R"({"protected":"e30","payload":"","signature":"","header":{}})",
      R"({"protected":"e30","payload":"","payload":"","signature":""})",
      R"({"protected":"e30=","payload":"","signature":""})",
      R"({"protected":"e30","payload":1,"signature":""})",
      with_header(R"({"alg":"ES256","url":"u","kid":"k","kid":"l"})"),
      with_header(R"({"alg":"ES256","url":"u","kid":"k","jwk":{}})"),
      with_header(R"({"alg":"ES256","url":"u"})"),
      with_header(R"({"alg":"ES256","kid":"k"})"),
      with_header(R"({"alg":"ES256","url":"u","kid":"k","crit":["x"]})"),
      with_header(R"({"alg":"ES256","url":"u","kid":"k","b64":false})"),
      with_header(R"({"alg":"ES256","url":"u v","kid":"k"})"),
      std::string(70'000, ' '),
  };
  for (const std::string& row : rows) {
    CAPTURE(row);
    Result<SignedRequest> request = SignedRequest::read(row);
    REQUIRE(!request);
    CHECK(request.error().code() == "jws.malformed");
  }
}

TEST_CASE("a key that is secret or of another kind is refused") {
  for (std::string_view jwk : {R"({"kty":"oct","k":"AAAA"})", R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})", "[]",
                               R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})"}) {
    CAPTURE(jwk);
    CHECK(read_jwk(jwk).error().code() == "jws.public-key");
  }
}

}  // namespace
}  // namespace pforte::acme
