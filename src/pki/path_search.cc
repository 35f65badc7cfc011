#include "pki/path_search.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "pki/name_constraints.h"
#include "pki/signature.h"

namespace pforte::pki {
namespace {

// All comparisons of names of one search, over all paths.
constexpr std::size_t kMostComparisonsOfSearch = 16 * kMostNameComparisons;
// Explaining a failure may cost less than looking for a success.
constexpr std::size_t kMostCandidatesToExplain = 2'000;

bool is_same(const Certificate* a, const Certificate* b) {
  return a == b || a->der == b->der;
}

// Those that count where the length of a path is limited (RFC 5280, 6.1.4 (l)): not the leaf, and none that is
// self-issued.
std::size_t counted_intermediates(const Path& path) {
  if (path.size() < 2) return 0;
  return std::size_t(std::ranges::count_if(path.begin() + 1, path.end(),
                                           [](const Certificate* certificate) { return !certificate->self_issued(); }));
}

}  // namespace

CertificatePool::CertificatePool(std::span<const Certificate* const> untrusted,
                                 std::span<const Certificate* const> trusted) {
  for (const Certificate* certificate : trusted) {
    trusted_.insert(certificate->der);
    add(*certificate);
  }
  for (const Certificate* certificate : untrusted) add(*certificate);
}

void CertificatePool::add(const Certificate& certificate) {
  if (known_.insert(certificate.der).second) by_subject_[certificate.subject.key()].push_back(&certificate);
}

bool CertificatePool::is_trusted(const Certificate& certificate) const {
  return trusted_.contains(certificate.der);
}

std::span<const Certificate* const> CertificatePool::with_subject(const DistinguishedName& name) const {
  auto found = by_subject_.find(name.key());
  if (found == by_subject_.end()) return {};
  return found->second;
}

template <class Verify>
bool SignatureChecks::ask(Pair pair, Verify verify) {
  auto known = known_.find(pair);
  if (known != known_.end()) return known->second;
  if (exhausted()) return false;
  ++count_;
  return known_[pair] = verify();
}

// From whom a key may inherit its parameters.
std::span<const Certificate* const> SignatureChecks::ancestors_of(const Certificate& issuer) const {
  if (!issuer.key.inherits) return {};
  return pool_.with_subject(issuer.issuer);
}

bool SignatureChecks::hold(const Certificate& certificate, const Certificate& issuer) {
  return ask({&certificate, &issuer}, [&] { return is_signed_by(certificate, issuer, ancestors_of(issuer)); });
}

bool SignatureChecks::hold(const Crl& crl, const Certificate& issuer) {
  return ask({&crl, &issuer}, [&] { return is_signed_by(crl, issuer, ancestors_of(issuer)); });
}

bool SignatureChecks::hold(const OcspResponse& response, const Certificate& signer) {
  return ask({&response, &signer}, [&] { return is_signed_by(response, signer); });
}

PathSearch::PathSearch(const SearchFor& search, const CertificatePool& pool, SignatureChecks& signatures,
                       JudgePath judge)
    : search_(search), pool_(pool), signatures_(signatures), judge_(std::move(judge)) {}

std::optional<Attempt> PathSearch::find() {
  if (search_.of_leaf.errors() == 0) run();
  return found_ ? std::move(best_) : std::nullopt;
}

Attempt PathSearch::explain() {
  bool gave_up = exhausted();
  tolerant_ = true;
  best_.reset();
  most_candidates_ = candidates_ + kMostCandidatesToExplain;
  run();
  if (!best_) best_ = Attempt{{&search_.leaf}, search_.of_leaf};
  if (gave_up) best_->findings.add("cert.too-complex", search_.leaf);
  return *std::move(best_);
}

void PathSearch::run() {
  Path path{&search_.leaf};
  extend(path, search_.of_leaf);
}

bool PathSearch::exhausted() const {
  return signatures_.exhausted() || candidates_ >= most_candidates_ || comparisons_ > kMostComparisonsOfSearch;
}

bool PathSearch::hopeless(const Findings& findings) const {
  if (!tolerant_) return findings.errors() > 0;
  return best_ && best_->anchored && findings.errors() >= best_->findings.errors();
}

void PathSearch::consider(Attempt attempt) {
  auto rank = [](const Attempt& one) {
    return std::tuple(!one.anchored, one.findings.errors(), std::size_t(-1) - one.path.size());
  };
  if (!best_ || rank(attempt) < rank(*best_)) best_ = std::move(attempt);
}

void PathSearch::extend(Path& path, const Findings& so_far) {
  if (pool_.is_trusted(*path.back())) {
    reach_anchor(path, so_far);
    if (path.back()->self_issued()) return;
  }
  bool signed_by_any = false;
  Path issuers = issuers_of(path);
  for (const Certificate* issuer : issuers) {
    if (found_ || exhausted()) return;
    ++candidates_;
    signed_by_any |= try_issuer(path, *issuer, so_far);
  }
  bool ends_here = tolerant_ && !signed_by_any && !pool_.is_trusted(*path.back());
  if (ends_here) end_without_anchor(path, so_far, !issuers.empty());
}

// Whether it is the issuer at all; only asked where errors are tolerated.
bool PathSearch::try_issuer(Path& path, const Certificate& issuer, const Findings& so_far) {
  const Certificate& child = *path.back();
  if (tolerant_ && !signatures_.hold(child, issuer)) return false;
  Findings findings = so_far;
  findings.append(findings_of(path, issuer));
  if (hopeless(findings)) return true;
  if (!signatures_.hold(child, issuer)) return false;
  path.push_back(&issuer);
  extend(path, findings);
  path.pop_back();
  return true;
}

// The most likely first. A certificate never stands twice in a path, nor does another one of the same name and key,
// which would lead nowhere new (RFC 4158, 2.4.2).
Path PathSearch::issuers_of(const Path& path) const {
  const Certificate& child = *path.back();
  std::optional<std::string> key = child.authority_key ? child.authority_key->key : std::nullopt;
  std::vector<std::tuple<int, bool, std::size_t, const Certificate*>> ranked;
  for (const Certificate* issuer : pool_.with_subject(child.issuer)) {
    bool seen = std::ranges::any_of(path, [&](const Certificate* on_path) {
      return is_same(on_path, issuer) || (on_path != path.front() && on_path->subject == issuer->subject &&
                                          !pool_.is_trusted(*issuer) && same_key(*on_path, *issuer));
    });
    if (seen) continue;
    bool told = key && issuer->subject_key;
    int fit = told ? (key == issuer->subject_key ? 0 : 2) : 1;
    bool valid = issuer->not_before <= search_.wanted.at && search_.wanted.at <= issuer->not_after;
    ranked.emplace_back(fit, !valid, ranked.size(), issuer);
  }
  std::ranges::sort(ranked);
  Path issuers;
  for (const auto& candidate : ranked) issuers.push_back(std::get<const Certificate*>(candidate));
  return issuers;
}

const Findings& PathSearch::own_findings_of(const Certificate& issuer) {
  auto [at, added] = own_findings_.try_emplace(&issuer, search_.profile);
  if (added) {
    Role role = pool_.is_trusted(issuer) ? Role::Anchor : Role::Intermediate;
    check_certificate(issuer, role, search_.wanted, at->second);
    check_authority_purpose(issuer, search_.wanted, at->second);
  }
  return at->second;
}

// What `issuer` brings in above this path.
Findings PathSearch::findings_of(const Path& path, const Certificate& issuer) {
  Findings findings = own_findings_of(issuer);
  if (hopeless(findings)) return findings;
  std::size_t below = counted_intermediates(path);
  bool counts = !pool_.is_trusted(issuer) && !issuer.self_issued();
  bool too_long = below + (counts ? 1 : 0) > search_.max_depth || path.size() >= kMostPathLength;
  if (too_long) findings.add("cert.depth", issuer, {cat(search_.max_depth, ""), cat(search_.max_depth, "")});
  if (issuer.basic_constraints && issuer.basic_constraints->path_length) {
    std::uint32_t most = *issuer.basic_constraints->path_length;
    if (below > most)
      findings.add("cert.path-length", issuer, {cat(below, " instead of ", most), cat(below, " statt ", most)});
  }
  if (!issuer.name_constraints) return findings;
  std::size_t comparisons = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i == 0 || !path[i]->self_issued()) check_name_constraints(issuer, *path[i], comparisons, findings);
  }
  comparisons_ += std::min(comparisons, kMostNameComparisons);
  return findings;
}

void PathSearch::reach_anchor(const Path& path, const Findings& so_far) {
  Attempt attempt{path, so_far, true};
  judge_(path, attempt.findings);
  if (!tolerant_ && attempt.findings.errors() > 0) return;
  found_ = attempt.findings.errors() == 0;
  consider(std::move(attempt));
}

void PathSearch::end_without_anchor(const Path& path, Findings findings, bool fitting_names) {
  const Certificate& last = *path.back();
  std::string issuer = last.issuer.text();
  bool loop = !fitting_names && !last.self_issued() && !pool_.with_subject(last.issuer).empty();
  if (last.self_issued() && !fitting_names) {
    findings.add("cert.self-signed", last);
  } else if (loop) {
    findings.add("cert.loop", last, {issuer, issuer});
  } else if (fitting_names) {
    findings.add("cert.signature", last,
                 {cat("it is not by the key of ", issuer), cat("nicht vom Schlüssel von ", issuer)});
  } else {
    findings.add("cert.issuer-unknown", last, {issuer, issuer});
  }
  consider({path, std::move(findings), false});
}

}  // namespace pforte::pki
