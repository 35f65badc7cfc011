#include "pki/anchors.h"

#include <string>
#include <string_view>
#include <unordered_set>

#include "base/text.h"
#include "crypto/certificate_outline.h"

namespace pforte::pki {
Result<> load_anchors(const TrustStore& store, std::span<const Certificate> certificates, std::span<const Crl> crls,
                      std::vector<Certificate>& anchors) {
  std::unordered_set<std::string> issuers;
  std::unordered_set<std::string_view> themselves;
  for (const Certificate& certificate : certificates) {
    issuers.insert(certificate.issuer.key());
    themselves.insert(certificate.der);
  }
  for (const Crl& crl : crls) issuers.insert(crl.issuer.key());
  std::size_t number = 0;
  for (const TrustEntry& entry : store.entries) {
    ++number;
    std::optional<crypto::CertificateOutline> outline = crypto::outline_of(entry.der);
    bool matters = !outline || themselves.contains(entry.der) || issuers.contains(name_key(outline->subject));
    if (matters) anchors.push_back(TRY(read_certificate(entry.der, cat(store.name, ": certificate ", number))));
  }
  return {};
}

}  // namespace pforte::pki
