#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "pki/verify.h"

namespace pforte::pki {

// From a leaf upwards.
using Path = std::vector<const Certificate*>;

// All certificates at hand, by their subject; each once.
class CertificatePool {
 public:
  CertificatePool(std::span<const Certificate* const> untrusted, std::span<const Certificate* const> trusted);

  bool is_trusted(const Certificate& certificate) const;
  // Those whose subject is this name, the trusted ones first.
  std::span<const Certificate* const> with_subject(const DistinguishedName& name) const;

 private:
  void add(const Certificate& certificate);

  std::unordered_set<std::string_view> trusted_, known_;  // by their DER
  std::unordered_map<std::string, Path> by_subject_;
};

// Whether one certificate's key made the signature of another, asked of OpenSSL once for each pair, and a bounded
// number of times.
class SignatureChecks {
 public:
  explicit SignatureChecks(const CertificatePool& pool) : pool_(pool) {}

  bool hold(const Certificate& certificate, const Certificate& issuer);
  bool hold(const Crl& crl, const Certificate& issuer);
  bool hold(const OcspResponse& response, const Certificate& signer);
  bool exhausted() const { return count_ >= kMostSignatureChecks; }
  std::size_t count() const { return count_; }

 private:
  using Pair = std::pair<const void*, const Certificate*>;
  struct Hash {
    std::size_t operator()(const Pair& pair) const {
      return std::hash<const void*>()(pair.first) * 31 + std::hash<const void*>()(pair.second);
    }
  };
  template <class Verify>
  bool ask(Pair pair, Verify verify);
  std::span<const Certificate* const> ancestors_of(const Certificate& issuer) const;

  const CertificatePool& pool_;
  std::unordered_map<Pair, bool, Hash> known_;
  std::size_t count_ = 0;
};

// Judges a path that has reached an anchor, by what depends on all of it.
using JudgePath = std::function<void(const Path& path, Findings& findings)>;

// What a search is for.
struct SearchFor {
  const Certificate& leaf;
  const Findings& of_leaf;  // what is the matter with it by itself
  const Wanted& wanted;
  std::size_t max_depth;
  Profile profile;
};

// A path that was tried.
struct Attempt {
  Path path;
  Findings findings;
  bool anchored = false;  // its end is trusted
};

// Looks for a path to an anchor: depth first, the most likely issuers first.
class PathSearch {
 public:
  PathSearch(const SearchFor& search, const CertificatePool& pool, SignatureChecks& signatures, JudgePath judge);

  // A path without an error. None: there is none, or it was not found within the bounds.
  std::optional<Attempt> find();

  // After that: the path that came furthest, with what is wrong with it.
  Attempt explain();

  std::size_t candidates() const { return candidates_; }

 private:
  void run();
  void extend(Path& path, const Findings& so_far);
  bool try_issuer(Path& path, const Certificate& issuer, const Findings& so_far);
  Path issuers_of(const Path& path) const;
  Findings findings_of(const Path& path, const Certificate& issuer);
  const Findings& own_findings_of(const Certificate& issuer);
  void reach_anchor(const Path& path, const Findings& so_far);
  void end_without_anchor(const Path& path, Findings findings, bool fitting_names);
  void consider(Attempt attempt);
  bool hopeless(const Findings& findings) const;
  bool exhausted() const;

  const SearchFor search_;
  const CertificatePool& pool_;
  SignatureChecks& signatures_;
  JudgePath judge_;
  std::unordered_map<const Certificate*, Findings> own_findings_;
  bool tolerant_ = false;  // errors do not end a path
  bool found_ = false;
  std::optional<Attempt> best_;
  std::size_t candidates_ = 0, most_candidates_ = kMostCandidates, comparisons_ = 0;
};

}  // namespace pforte::pki
