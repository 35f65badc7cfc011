#include "doctor/kerberos_kdc_reach.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

// What is said of a KDC that answers over TCP, where it says that time.
std::string seen_of_kdc(std::optional<std::chrono::sys_seconds> now) {
  RealmReach reach;
  reach.realm = "A.TEST";
  reach.hop = 0;
  KdcReach& kdc = reach.kdcs.emplace_back();
  KdcReach::Answer answer;
  answer.came = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
  answer.message.now = now;
  kdc.tcp = answer;
  kdc.udp = answer;
  Path path("kerberos", {{.name = {"KDC A.TEST", "KDC A.TEST"}, .reached = true}});
  tell_reach(reach, path);
  std::vector<const Finding*> findings = path.in_order();
  REQUIRE(findings.size() == 1);
  return findings.front()->seen.en;
}

TEST_CASE("the clock of a KDC is told where it said what time it is, and else that it is not known") {
  CHECK(seen_of_kdc(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + std::chrono::seconds(3))
            .ends_with("its clock is 3 s off"));
  CHECK(seen_of_kdc(std::nullopt).ends_with("what time it has is not known"));
}

}  // namespace
}  // namespace pforte::doctor
