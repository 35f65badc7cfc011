#include "crypto/certificate_outline.h"

#include <doctest/doctest.h>

#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

using testing::issue;
using testing::make_authority;

TEST_CASE("the outline of a certificate is what OpenSSL reads in it") {
  Identity authority = make_authority("the authority");
  for (int days : {30, 50000}) {  // UTCTime, GeneralizedTime
    CAPTURE(days);
    Identity made = issue({.subject = "M\u00fcller", .days = {-1, days}}, &authority);
    std::string der = der_of(*made.chain[0]);
    auto outline = outline_of(der);
    REQUIRE(outline);
    CHECK(name_text(outline->subject) == subject_of(*made.chain[0]));
    CHECK(name_text(outline->issuer) == "CN=the authority");
    CHECK(outline->not_before == not_before(*made.chain[0]));
    CHECK(outline->not_after == not_after(*made.chain[0]));
    const auto* at = reinterpret_cast<const unsigned char*>(outline->key.data());
    PrivateKey read(d2i_PUBKEY(nullptr, &at, long(outline->key.size())));
    CHECK(EVP_PKEY_eq(read.get(), made.key.get()) == 1);
  }
}

TEST_CASE("what is cut anywhere, or goes on, has no outline and is no certificate") {
  std::string der = der_of(*make_authority().chain[0]);
  for (std::size_t size = 0; size < der.size(); ++size) {
    CAPTURE(size);
    CHECK(!outline_of(der.substr(0, size)));
    CHECK(!certificate_from(der.substr(0, size)));
  }
  CHECK(!outline_of(der + '\0'));
  CHECK(!certificate_from(der + '\0'));
  CHECK(certificate_from(der));
}

TEST_CASE("a hashed folder's name for a certificate is that of openssl rehash") {
  Identity authority = make_authority("authority");
  CHECK(hashed_name(*authority.chain[0]) == "aabdaf6b");
}

}  // namespace
}  // namespace pforte::crypto
