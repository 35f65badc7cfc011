#include "acme/challenge_certificate.h"

#include <chrono>

#include "crypto/certificate_making.h"
#include "crypto/digest.h"
#include "crypto/private_key.h"

namespace pforte::acme {
namespace {

constexpr std::string_view kAcmeIdentifier = "1.3.6.1.5.5.7.1.31";
// The CA looks at once; clocks may differ.
constexpr std::chrono::days kValidFor{7};

// An OCTET STRING of 32 bytes in DER.
std::string octet_string(const crypto::Sha256& digest) {
  std::string der = {'\x04', '\x20'};
  return der.append(digest.begin(), digest.end());
}

}  // namespace

Result<std::shared_ptr<const tls::ServerContext>> challenge_context(std::string_view name,
                                                                    std::string_view key_authorization) {
  crypto::UtcTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  crypto::PrivateKey key = TRY(crypto::make_private_key());
  crypto::CertificateContent content;
  content.names = {{.form = crypto::AlternativeName::Form::Dns, .value = std::string(name)}};
  content.not_before = now - std::chrono::days(1);
  content.not_after = now + kValidFor;
  content.serial = crypto::random_serial();
  content.key_usage = "digitalSignature";
  content.more = {
      {.id = std::string(kAcmeIdentifier), .critical = true, .der = octet_string(crypto::sha256(key_authorization))}};
  tls::Shown shown;
  shown.identity.chain.push_back(TRY(crypto::make_certificate(content, *key, {.certificate = nullptr, .key = *key})));
  shown.identity.key = std::move(key);
  return tls::ServerContext::make_for_proof(std::move(shown));
}

}  // namespace pforte::acme
