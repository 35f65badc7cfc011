#include "pki/verify.h"

#include <optional>
#include <utility>

#include "pki/path_search.h"
#include "pki/policies.h"
#include "pki/revocation.h"

namespace pforte::pki {

Verdict verify(const Question& question) {
  CertificatePool pool(question.untrusted, question.trusted);
  SignatureChecks signatures(pool);
  Findings of_leaf(question.profile);
  check_certificate(question.leaf, Role::Leaf, question.wanted, of_leaf);
  check_leaf(question.leaf, question.wanted, of_leaf);

  Revocation revocation(question, pool, signatures);
  SearchFor search{question.leaf, of_leaf, question.wanted, question.max_depth, question.profile};
  PathSearch paths(search, pool, signatures, [&](const Path& path, Findings& findings) {
    check_policies(std::span(path).first(path.size() - 1), findings);
    revocation.check(path, findings);
  });
  std::optional<Attempt> good = paths.find();
  Attempt attempt = good ? *std::move(good) : paths.explain();
  Verdict verdict;
  verdict.trusted = attempt.anchored && attempt.findings.errors() == 0;
  verdict.path = std::move(attempt.path);
  verdict.findings = attempt.findings.by_level();
  verdict.signature_checks = signatures.count();
  verdict.candidates = paths.candidates();
  return verdict;
}

}  // namespace pforte::pki
