#include "gate/key_drift.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

const std::string drift_service = "HTTP/app.example@EXAMPLE.COM";
const std::string other_drift_service = "HTTP/other.example@EXAMPLE.COM";

KeyDrift::Time drift_clock = KeyDrift::Time(24h * 20000);

KeyDrift::Time drift_now() {
  return drift_clock;
}

kerberos::Presentation drifting(std::int64_t version, std::vector<int> held = {4, 5}) {
  kerberos::Presentation seen;
  seen.service = seen.key_owner = drift_service;
  seen.key_version = version;
  seen.keytab = "/etc/pforte/app.keytab";
  seen.key_versions = std::move(held);
  return seen;
}

net::Address drift_client(int number = 1) {
  return net::parse_ip(cat("192.0.2.", number)).value();
}

std::vector<std::int64_t> versions_of(const std::vector<KeyDrift>& list) {
  std::vector<std::int64_t> versions;
  versions.reserve(list.size());
  for (const KeyDrift& one : list) versions.push_back(one.version);
  return versions;
}

}  // namespace

TEST_CASE("a version that the keytab lacks is remembered until it holds it") {
  KeyDrifts drifts(&drift_now);
  for (int i = 0; i < 3; ++i) drifts.missed(drifting(6), drift_client());
  drifts.missed(drifting(3), drift_client());
  std::vector<KeyDrift> list = drifts.of(drift_service, {4, 5});
  REQUIRE(versions_of(list) == std::vector<std::int64_t>{3, 6});
  CHECK(!list[0].newer);
  CHECK(list[1].newer);
  CHECK(list[1].tickets == 3);
  CHECK(list[1].clients == 1);
  CHECK(drifts.newer_tickets() == 3);
  CHECK(drifts.older_tickets() == 1);
  CHECK(drifts.of(other_drift_service, {4, 5}).empty());
  CHECK(versions_of(drifts.of(drift_service, {4, 5, 6})) == std::vector<std::int64_t>{3});
}

TEST_CASE("a ticket whose version the keytab holds, or that names none, is no claim") {
  KeyDrifts drifts(&drift_now);
  for (int version : {5, 4, 0, -1}) drifts.missed(drifting(version), drift_client());
  drifts.missed(drifting(6, {}), drift_client());
  CHECK(drifts.of(drift_service, {4, 5}).empty());
}

TEST_CASE("claims of any versions at all take few places, and none from the one that a new password gets") {
  KeyDrifts drifts(&drift_now);
  std::vector<int> held = {100};
  std::int64_t random = 1;
  for (int i = 0; i < 10'000; ++i) {
    random = random * 48271 % 2147483647;
    drifts.missed(drifting(random, held), drift_client(i % 3));
    drifts.missed(drifting(1 + random % 300, held), drift_client(i % 3));
  }
  CHECK(drifts.of(drift_service, held).size() <= 26);
  drifts.missed(drifting(101, held), drift_client(7));
  std::vector<KeyDrift> list = drifts.of(drift_service, held);
  auto own = std::ranges::find(list, 101, &KeyDrift::version);
  REQUIRE(own != list.end());
  CHECK(!own->shared);
  CHECK(own->last == drift_clock);
}

TEST_CASE("how many clients claim a version is counted up to where it is many, a network of IPv6 as one") {
  KeyDrifts drifts(&drift_now);
  for (int i = 0; i < 50; ++i) drifts.missed(drifting(6), net::parse_ip(cat("2001:db8::", i + 1)).value());
  CHECK(drifts.of(drift_service, {5}).front().clients == 1);
  for (int i = 0; i < 50; ++i) drifts.missed(drifting(6), drift_client(i + 1));
  CHECK(drifts.of(drift_service, {5}).front().clients == KeyDrifts::kManyClients);
  CHECK(drifts.of(drift_service, {5}).front().tickets == 100);
}

TEST_CASE("a ticket that the KDC made after the claim, with a version of the keytab, contradicts it") {
  KeyDrifts drifts(&drift_now);
  drifts.missed(drifting(6), drift_client());
  kerberos::Presentation good = drifting(5);
  good.opened.emplace().begins = std::chrono::floor<std::chrono::seconds>(drift_clock - 1h);
  drifts.opened(good);
  CHECK(!drifts.of(drift_service, {5}).front().contradicted);
  good.opened->begins = std::chrono::floor<std::chrono::seconds>(drift_clock + 1h);
  drifts.opened(good);
  CHECK(drifts.of(drift_service, {5}).front().contradicted == good.opened->begins);
  drift_clock += 2h;
  drifts.missed(drifting(6), drift_client());
  CHECK(!drifts.of(drift_service, {5}).front().contradicted);
}

TEST_CASE("a claim that nobody makes any more is forgotten after a week") {
  KeyDrifts drifts(&drift_now);
  drifts.missed(drifting(6), drift_client());
  drift_clock += 24h * 7;
  CHECK(drifts.of(drift_service, {5}).size() == 1);
  drift_clock += 1s;
  CHECK(drifts.of(drift_service, {5}).empty());
}

TEST_CASE("what to do names the service, the keytab and the commands; an older version is normal for a while") {
  KeyDrift drift;
  drift.version = 6;
  drift.newer = true;
  for (const std::string& text : {remedy_for_drift(drift, drift_service, "/etc/pforte/app.keytab").en,
                                  remedy_for_drift(drift, drift_service, "/etc/pforte/app.keytab").de}) {
    CHECK(text.contains(cat("ktpass /princ ", drift_service, " ")));
    CHECK(text.contains("/out app.keytab;"));
    CHECK(text.contains(cat("ktadd -k /etc/pforte/app.keytab ", drift_service)));
    CHECK(text.contains(cat("kvno ", drift_service)));
  }
  KeyDrift old;
  old.version = 3;
  old.first = drift_clock;
  old.last = drift_clock + 1h;
  CHECK(remedy_for_drift(old, drift_service, "x").en.starts_with("nothing"));
  old.last += 24h;
  CHECK(remedy_for_drift(old, drift_service, "x").en.contains("ktpass"));
}

}  // namespace pforte::gate
