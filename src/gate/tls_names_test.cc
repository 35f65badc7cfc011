#include "gate/tls_names.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"
#include "crypto/testing.h"
#include "gate/plan.h"
#include "store/testing.h"

namespace pforte::gate {
namespace {

using crypto::testing::issue;
using crypto::testing::pem_of;

// Two sites that ask the inventory, the second with patterns.
class AutoBench {
 public:
  std::string keep(const std::string& names, int days = 30) {
    crypto::Identity made = issue({.names = names, .days = {-1, days}}, nullptr);
    return inventory.keep({.chain_pem = pem_of(*made.chain.front()), .key_pem = Secret(pem_of(*made.key))}).value();
  }
  std::shared_ptr<const Plan> plan() {
    problems = {};
    std::optional<Config> config = parse_config(
        "[[listener]]\naddress = \"127.0.0.1:8443\"\n[[backend]]\nname = \"app\"\nservers = [\"http://127.0.0.1:1\"]\n"
        "[[site]]\nhosts = [\"crm.example\"]\ncertificate = \"auto\"\nbackend = \"app\"\nallow = [\"/\"]\n"
        "[[site]]\nhosts = [\"*.apps.example\", \"erp.example\"]\ncertificate = \"auto\"\nbackend = \"app\"\n"
        "allow = [\"/\"]\n",
        "pforte.toml", problems);
    return make_plan(std::move(config).value(), {.numbered = numbered, .inventory = &inventory, .sign_in = {}},
                     problems);
  }
  std::string shown(const TlsNames& names, std::string_view host) const {
    auto choice = names.choices().find(host);
    return choice == names.choices().end() ? "-" : choice->second.sha256;
  }

  store::testing::TemporaryStore store;
  inventory::Inventory inventory{*store};
  SiteNames numbered;
  conf::Problems problems;
};

TEST_CASE("without a fitting certificate a site is refused, not shown another's") {
  AutoBench bench;
  bench.keep("DNS:erp.example");
  auto plan = bench.plan();
  REQUIRE(plan);
  const TlsNames& names = *plan->names;
  CHECK(names.find("erp.example") != nullptr);
  CHECK(names.find("crm.example") == nullptr);
  CHECK(names.find("a.apps.example") == nullptr);
  CHECK(names.unnamed() == nullptr);
  CHECK(names.refused(*plan->sites[0]) == std::vector<std::string>{"crm.example"});
  CHECK(names.refused(*plan->sites[1]) == std::vector<std::string>{"*.apps.example"});
  int told = 0;
  for (const conf::Problem& one : bench.problems.all()) told += one.code == "certificate.none-fits" ? 1 : 0;
  CHECK(told == 2);
}

TEST_CASE("each host of a site gets its own certificate, those of a pattern among them") {
  AutoBench bench;
  std::string crm = bench.keep("DNS:crm.example");
  std::string wildcard = bench.keep("DNS:*.apps.example");
  std::string one = bench.keep("DNS:a.apps.example,DNS:foreign.example");
  auto plan = bench.plan();
  REQUIRE(plan);
  const TlsNames& names = *plan->names;
  CHECK(bench.shown(names, "crm.example") == crm);
  CHECK(bench.shown(names, "*.apps.example") == wildcard);
  CHECK(bench.shown(names, "a.apps.example") == one);
  CHECK(bench.shown(names, "foreign.example") == "-");
  CHECK(names.find("a.apps.example") != names.find("b.apps.example"));
  CHECK(names.find("b.apps.example")->covers("b.apps.example"));
  CHECK(names.unnamed() == names.find("crm.example"));
}

TEST_CASE("what the inventory has later makes other choices, and nothing else does") {
  AutoBench bench;
  bench.keep("DNS:crm.example");
  auto plan = bench.plan();
  REQUIRE(plan);
  CHECK(TlsNames::make(*plan, &bench.inventory).value()->choices() == plan->names->choices());
  std::string longer = bench.keep("DNS:crm.example", 90);
  auto next = TlsNames::make(*plan, &bench.inventory).value();
  CHECK(next->choices() != plan->names->choices());
  CHECK(bench.shown(*next, "crm.example") == longer);
}

}  // namespace
}  // namespace pforte::gate
