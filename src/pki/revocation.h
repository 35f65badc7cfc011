#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "pki/ocsp_judgement.h"
#include "pki/path_search.h"
#include "pki/verify.h"

namespace pforte::pki {

// Judges whether certificates of paths were revoked, by the lists (RFC 5280, 6.3.3) and OCSP responses (RFC 6960) at
// hand.
//
// Once a list is given, whatever it is, every certificate below the anchor must be told of: by a list that is current,
// signed by whom the certificate names, and whose signer has a path to the same anchor, or by a response. That signer
// is looked for among all certificates at hand. A list that is not written as the standard has it tells nothing, and a
// warning says so. Where responses are given and no list, the leaf alone must be told of. Whoever says that a
// certificate was revoked outweighs the others.
class Revocation {
 public:
  Revocation(const Question& question, const CertificatePool& pool, SignatureChecks& signatures);

  void check(const Path& path, Findings& findings);

 private:
  // A list, its entries sorted, and what stands against it.
  struct List {
    const Crl* crl = nullptr;
    std::vector<const RevokedCertificate*> entries;  // by serial number
    Message fault;                                   // empty: none
  };
  struct Status {
    const RevokedCertificate* revoked = nullptr;
    std::uint16_t reasons = 0;  // of which it is known that it was not revoked for them
    Message why_unknown;
  };

  void take(const Crl& crl);
  Message fault_of(const List& list) const;
  void check_one(const Certificate& certificate, const Certificate& issuer, const Path& path, Findings& findings);
  Status asked_of_lists(const Certificate& certificate, const Path& path);
  void ask(const Certificate& certificate, const DistributionPoint& point, const Path& path, Status& status);
  std::optional<Message> misfit(const Certificate& certificate, const DistributionPoint& point, const List& list) const;
  bool is_signer_valid(const Certificate& signer, const Path& path);
  const Certificate* signer_of(const Crl& crl, const Path& path);
  const List* delta_of(const Crl& crl, const Certificate& signer);
  static const RevokedCertificate* find(const List& list, const Certificate& certificate);

  const Question& question_;
  const CertificatePool& pool_;
  SignatureChecks& signatures_;
  OcspJudgement responses_;
  std::vector<List> lists_;
  std::vector<const Crl*> set_aside_;
  std::unordered_set<const Certificate*> under_way_;  // of which the status is being asked
};

}  // namespace pforte::pki
