#include "crypto/renewal_id.h"

#include <doctest/doctest.h>

#include "crypto/certificate_outline.h"
#include "crypto/pem_blocks.h"

namespace pforte::crypto {
namespace {

// RFC 9773, appendix A.
constexpr std::string_view kExample = R"(-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
)";

TEST_CASE("a certificate is named as the RFC's example has it") {
  Result<std::vector<PemBlock>> blocks = read_pem_blocks(kExample, "example");
  REQUIRE(blocks);
  Certificate certificate = certificate_from(blocks->front().content);
  REQUIRE(certificate);
  CHECK(renewal_id(*certificate) == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

}  // namespace
}  // namespace pforte::crypto
