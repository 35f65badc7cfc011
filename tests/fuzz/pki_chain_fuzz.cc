// The first certificate is the peer's, the last one is trusted: the work is bounded, and a verdict does not depend on
// the order of the others.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "pki/certificate_file.h"
#include "pki/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::pki;
  auto all = read_certificates({reinterpret_cast<const char*>(data), size}, "input");
  if (!all || all->size() > 12) return 0;
  std::vector<Certificate> certificates;
  for (std::string& der : *all) {
    if (auto read = read_certificate(std::move(der), "input")) certificates.push_back(*std::move(read));
  }
  if (certificates.empty()) return 0;
  Question question{.leaf = certificates.front(),
                    .untrusted = {},
                    .trusted = {&certificates.back()},
                    .crls = {},
                    .wanted = {Instant(std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)), Purpose::Server, {}},
                    .profile = Profile(size % 5)};
  for (const Certificate& certificate : certificates) question.untrusted.push_back(&certificate);
  Verdict verdict = verify(question);
  if (verdict.signature_checks > kMostSignatureChecks || verdict.candidates > 2 * kMostCandidates) std::abort();
  if (verdict.path.front() != &question.leaf || verdict.path.size() > kMostPathLength + 1) std::abort();
  std::ranges::reverse(question.untrusted);
  if (verify(question).trusted != verdict.trusted) std::abort();
  return 0;
}
