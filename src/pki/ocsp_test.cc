#include "pki/ocsp.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"

namespace pforte::pki {
namespace {

// An OCSPResponse of this status and nothing else.
std::string error_response(char status) {
  return cat("\x30\x03\x0a\x01", std::string(1, status));
}

TEST_CASE("a responder's error is a response that says nothing of certificates") {
  auto response = read_ocsp(error_response(3), "a.der");
  REQUIRE(response);
  CHECK(response->status == 3);
  CHECK(response->answers.empty());
  CHECK(response->certificates.empty());
}

TEST_CASE("what is no response, or more than one, is refused by the name of its file") {
  for (const std::string& bytes : {std::string(), std::string("hello"), error_response(3) + "x", error_response(0)}) {
    CAPTURE(bytes);
    auto response = read_ocsp(bytes, "a.der");
    REQUIRE(!response);
    CHECK(response.error().kind() == Kind::Invalid);
    CHECK(response.error().code() == "ocsp.damaged");
    CHECK(response.error().text().starts_with("a.der: this is not an OCSP response: "));
  }
}

}  // namespace
}  // namespace pforte::pki
