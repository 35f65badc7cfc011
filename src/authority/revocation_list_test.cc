#include "authority/revocation_list.h"

#include <doctest/doctest.h>

#include "authority/testing.h"
#include "pki/crl.h"
#include "pki/verify.h"

namespace pforte::authority {
namespace {

using testing::Company;
using testing::kNow;
using testing::names;
using namespace std::chrono_literals;

LedgerEntry issue(const Company& company, const Authority& authority) {
  crypto::PrivateKey key = crypto::make_private_key().value();
  return authority.issue(*company.store, {.key = *key, .names = names({"crm.example.com"})}, kNow).value().entry;
}

TEST_CASE("a list is signed anew when something was revoked, and in time before it ends, and not otherwise") {
  Company company;
  Authority authority = company.open();
  LedgerEntry entry = issue(company, authority);
  auto list = [&](UtcTime now) { return current_list(*company.store, authority, now).value(); };
  CHECK(list(kNow).number == 1);
  CHECK(list(kNow + 48h).number == 1);
  REQUIRE(Ledger(*company.store).revoke(entry.serial, RevocationReason::Superseded, kNow + 49h));
  RevocationList after = list(kNow + 49h);
  CHECK(after.number == 2);
  CHECK(after.next_update == kNow + 49h + kCrlLifetime);
  CHECK(list(kNow + 50h).der == after.der);
  CHECK(list(after.next_update - 1h).number == 3);
}

TEST_CASE("a list says what was revoked, until a week after that has expired") {
  Company company;
  Authority authority = company.open();
  LedgerEntry entry = issue(company, authority);
  REQUIRE(Ledger(*company.store).revoke(entry.serial, RevocationReason::KeyCompromise, kNow));
  pki::Crl crl = pki::read_crl(current_list(*company.store, authority, kNow)->der, "list").value();
  REQUIRE(crl.revoked.size() == 1);
  CHECK(crl.revoked[0].reason == 1);
  CHECK(crl.issuer == authority.intermediate().judged.subject);
  CHECK(crl.authority_key == authority.intermediate().judged.subject_key);
  auto late = current_list(*company.store, authority, entry.not_after + std::chrono::days(8)).value();
  CHECK(pki::read_crl(late.der, "list")->revoked.empty());
}

TEST_CASE("by the lists of root and intermediate, the judge knows what was revoked") {
  Company company;
  Authority authority = company.open();
  LedgerEntry revoked = issue(company, authority), good = issue(company, authority);
  REQUIRE(Ledger(*company.store).revoke(revoked.serial, RevocationReason::Superseded, kNow));
  std::vector<pki::Crl> lists = pki::load_crls(company.places.root_crl()).value();
  lists.push_back(pki::read_crl(current_list(*company.store, authority, kNow)->der, "list").value());
  for (const LedgerEntry* entry : {&revoked, &good}) {
    std::string file = company.folder.write("leaf.pem", entry->certificate);
    pki::Certificate leaf = std::move(pki::load_certificates(file)->front());
    pki::Verdict verdict = pki::verify({.leaf = leaf,
                                        .untrusted = {&authority.intermediate().judged},
                                        .trusted = {&authority.root().judged},
                                        .crls = {&lists[0], &lists[1]},
                                        .wanted = {.at = kNow + 1min, .purpose = pki::Purpose::Server, .names = {}}});
    CHECK(verdict.trusted == (entry == &good));
  }
}

}  // namespace
}  // namespace pforte::authority
