#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doctor/tls_examination.h"
#include "doctor/tls_status.h"
#include "pki/certificate.h"

namespace pforte::doctor {

// What a server has shown of itself, and who is trusted. Nothing of it belongs to a thread.
struct ShownChain {
  std::vector<pki::Certificate> sent;                         // the server's own first; at least one
  std::string stapled;                                        // OCSP response in DER; empty: none
  std::vector<FetchedIssuer> fetched = {};                    // what the server should have sent
  std::vector<std::shared_ptr<const pki::TrustStore>> trust;  // empty: the top of what was sent is taken for trusted
  pki::Instant at;
};

// What is made of it.
struct ChainVerdict {
  std::vector<Finding> findings;
  std::vector<pki::Certificate> path;  // from the leaf to who is trusted; empty: nobody vouches for it
  // The same of who is trusted by certificates that were fetched, or for another name, or no longer; whatever is wrong
  // with it, its signatures hold.
  std::vector<pki::Certificate> anchored;
  std::optional<pki::Certificate>
      lacks_issuer;  // where that path ends, because nobody has its issuer; none: it is whole
};

// What clients make of it, how it is sent, how long it holds; what breaks a path first. Takes milliseconds: not for a
// loop's thread. `subject` without its dial.
ChainVerdict judge_chain(const TlsSubject& subject, const ShownChain& shown);

}  // namespace pforte::doctor
