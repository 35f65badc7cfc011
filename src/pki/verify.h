#pragma once

#include <cstddef>
#include <vector>

#include "pki/certificate.h"
#include "pki/certificate_rules.h"
#include "pki/crl.h"
#include "pki/ocsp.h"
#include "pki/rule.h"

namespace pforte::pki {

// Bounds on the work of one judgement, whatever the certificates are. With the one on names (name_constraints.h) they
// keep it below a few seconds for the largest keys; where one is reached, the verdict is cert.too-complex.
constexpr std::size_t kMostSignatureChecks = 1'000;
constexpr std::size_t kMostCandidates = 20'000;  // certificates that are tried as the issuer of another
constexpr std::size_t kMostPathLength = 64;

constexpr std::size_t kDefaultDepth = 32;

// What is to be judged. Whoever asks keeps everything until the verdict has gone.
struct Question {
  const Certificate& leaf;
  std::vector<const Certificate*> untrusted;  // in any order, more than are needed
  std::vector<const Certificate*> trusted;    // each an anchor, self-signed or not
  // If there are any, every certificate below the anchor needs one that speaks of it, or a response.
  std::vector<const Crl*> crls;
  std::vector<const OcspResponse*> responses = {};  // if there are any, the leaf needs one, or a list
  Wanted wanted;
  std::size_t max_depth = kDefaultDepth;  // intermediates between leaf and anchor; self-issued ones do not count
  Profile profile = Profile::Rfc5280;
};

struct Verdict {
  bool trusted = false;
  // From the leaf to the anchor. Where it is not trusted: as far as the most promising path went.
  std::vector<const Certificate*> path;
  // What the rules say about this path, errors first.
  std::vector<Finding> findings;
  // What it took.
  std::size_t signature_checks = 0, candidates = 0;
};

// Looks for a path from the leaf to a trusted certificate that follows all rules of the profile (RFC 5280, 6; RFC
// 4158): depth first over all issuers that fit by name, so that a cross-certificate, an expired root or a loop does not
// hide a good path.
Verdict verify(const Question& question);

}  // namespace pforte::pki
