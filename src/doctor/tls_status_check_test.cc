#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "doctor/tls_status.h"
#include "pki/testing.h"

namespace pforte::doctor {
namespace {

using pki::testing::kNow;

// A certificate, its issuer, and where lists about it are.
struct StatusLaboratory {
  pki::testing::Made root = pki::testing::make(pki::testing::authority("root"), nullptr);
  pki::testing::Made leaf = pki::testing::make({.serial = 7}, &root);
  TlsSubject subject{.dial = nullptr, .destination = {.host = "crm.example.com", .port = 443}, .trust = {}};

  StatusSource list(const std::string& url, const pki::testing::ListRecipe& recipe) const {
    StatusSource source{.certificate = 0, .is_list = true, .url = url};
    source.fetched = std::make_shared<const Fetched>(Fetched{.bytes = pki::testing::make_list(recipe, root).der});
    return source;
  }
  std::vector<std::string> told(const std::vector<StatusSource>& sources) const {
    std::vector<std::string> ids;
    std::vector<pki::Certificate> chain = {leaf.certificate, root.certificate};
    ReadLists lists;
    for (const Finding& finding : judge_status(subject, chain, sources, kNow, lists))
      ids.emplace_back(finding.check.id);
    return ids;
  }
};

using Ids = std::vector<std::string>;

TEST_CASE("who has not heard of it yet does not take back that a certificate was revoked") {
  StatusLaboratory made;
  StatusSource old = made.list("http://a/", {}), latest = made.list("http://b/", {.revoked = {7}});
  CHECK(made.told({old}) == Ids{"tls.not-revoked"});
  CHECK(made.told({old, latest}) == Ids{"cert.revoked"});
  CHECK(made.told({latest, old, latest}) == Ids{"cert.revoked"});
}

TEST_CASE("what was revoked is told first, whatever else is wrong") {
  StatusLaboratory made;
  StatusSource silent{.certificate = 0, .url = "http://ocsp/"};
  Fetched nothing{.failure = {"nobody there", "niemand da"}};
  silent.fetched = std::make_shared<const Fetched>(nothing);
  StatusSource barred = silent;
  nothing.is_barred = true;
  barred.fetched = std::make_shared<const Fetched>(nothing);
  Ids ids = made.told({silent, barred, made.list("http://b/", {.revoked = {7}})});
  CHECK(ids == Ids{"cert.revoked", "tls.ocsp-unreachable", "tls.status-not-fetched"});
}

TEST_CASE("places are asked of what is valid, and not more than the bounds") {
  StatusLaboratory made;
  std::string points;
  for (char c = 'a'; c < 'a' + 9; ++c) points += std::string(points.empty() ? "" : ",") + "URI:http://" + c + "/";
  pki::testing::Recipe recipe;
  recipe.extensions.emplace_back(NID_crl_distribution_points, points);
  recipe.extensions.emplace_back(NID_info_access, "OCSP;URI:http://o1/,OCSP;URI:http://o2/,OCSP;URI:http://o3/");
  pki::testing::Made leaf = pki::testing::make(recipe, &made.root);
  std::vector<pki::Certificate> chain = {leaf.certificate, made.root.certificate};
  std::vector<StatusSource> sources = status_sources_of(chain, kNow);
  CHECK(std::ranges::count_if(sources, &StatusSource::is_list) == std::ptrdiff_t(kMostLists));
  CHECK(sources.size() == kMostLists + kMostResponders);
  CHECK(url_of_request(sources.front()).starts_with("http://o1/M"));
  CHECK(status_sources_of(chain, kNow + std::chrono::days(60)).empty());
}

}  // namespace
}  // namespace pforte::doctor
