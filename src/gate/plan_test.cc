#include "gate/plan.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"
#include "crypto/testing.h"

namespace pforte::gate {
namespace {

using crypto::Identity;
using crypto::testing::Folder;
using crypto::testing::issue;
using crypto::testing::make_authority;
using crypto::testing::pem_of;

// A configuration in a folder with its certificates.
class Bench {
 public:
  Bench() {
    Identity root = make_authority();
    certificate("app", issue({.names = "DNS:crm.example,DNS:*.apps.example"}, &root));
    folder.write("root.pem", pem_of(*root.chain[0]));
  }
  void certificate(const std::string& name, const Identity& identity) const {
    folder.write(name + ".pem", pem_of(*identity.chain[0]));
    folder.write(name + ".key", pem_of(*identity.key));
  }
  std::string text(std::string_view hosts, std::string_view certificate, std::string_view more = "") const {
    return cat("[[listener]]\naddress = \"127.0.0.1:8443\"\n[[backend]]\nname = \"app\"\n",
               "servers = [\"http://127.0.0.1:8080\", \"http://127.0.0.1:8081\"]\n", more, "\n[[site]]\nhosts = [",
               hosts, "]\ncertificate = ", certificate, "\nbackend = \"app\"\nallow = [\"/\"]\n");
  }
  std::shared_ptr<const Plan> plan(const std::string& words, const Plan* previous = nullptr) {
    problems = {};
    std::optional<Config> config = parse_config(words, folder.path() + "/pforte.toml", problems);
    for (const conf::Problem& one : problems.all()) INFO(conf::to_text(one, Language::English));
    REQUIRE(config);
    return make_plan(*std::move(config), {.previous = previous, .numbered = numbered, .sign_in = {}}, problems);
  }
  // Codes of what is wrong with the files, in the order of the file.
  std::string codes() const {
    std::string all;
    for (const conf::Problem& one : problems.in_order()) {
      if (one.severity != conf::Severity::Note) all += cat(all.empty() ? "" : " ", one.code);
    }
    return all;
  }

  Folder folder;
  SiteNames numbered;
  conf::Problems problems;
};

constexpr std::string_view kApp = R"({ chain = "app.pem", key = "app.key" })";

TEST_CASE("a site is found by its host, in any case, with a port or without, by wildcard and catch-all") {
  Bench bench;
  auto plan = bench.plan(bench.text(R"("crm.example", "*.apps.example")", kApp));
  REQUIRE(plan);
  CHECK(bench.codes() == "");
  struct Row {
    std::string_view host;
    bool found;
  };
  const Row rows[] = {
      {"crm.example", true},       {"CRM.Example:8443", true}, {"a.apps.example", true}, {"A.APPS.EXAMPLE:1", true},
      {"b.a.apps.example", false}, {"apps.example", false},    {"example", false},       {"", false},
      {"[::1]:8443", false},       {"crm.example.", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.host);
    CHECK((plan->find_site(row.host) != nullptr) == row.found);
  }
  CHECK(plan->names->find("crm.example") == plan->sites[0]->tls.get());
  CHECK(plan->names->find("other.example") == nullptr);
  CHECK(plan->names->unnamed() == plan->sites[0]->tls.get());
  CHECK(plan->https_port == ":8443");
}

TEST_CASE("what does not fit between configuration and files is named") {
  Bench bench;
  Identity root = make_authority();
  bench.certificate("other", issue({.names = "DNS:other.example"}, &root));
  bench.certificate("expired", issue({.names = "DNS:crm.example", .days = {-30, -1}}, &root));
  bench.certificate("early", issue({.names = "DNS:crm.example", .days = {1, 90}}, &root));
  bench.certificate("soon", issue({.names = "DNS:crm.example", .days = {-30, 5}}, &root));
  bench.certificate("self", issue({.names = "DNS:crm.example"}, nullptr));
  Identity nameless = issue({.names = ""}, &root);
  bench.certificate("nameless", nameless);
  bench.folder.write("sealed.key", pem_of(*nameless.key, "password"));
  bench.folder.write("password", "password\n");
  bench.folder.write("wrong", "wrong\n");
  bench.folder.write("garbage.pem", "garbage");
  struct Row {
    std::string_view certificate, codes;
    bool planned;
  };
  const Row rows[] = {
      {R"({ chain = "app.pem", key = "app.key" })", "", true},
      {R"({ chain = "other.pem", key = "other.key" })", "certificate.name", false},
      {R"({ chain = "nameless.pem", key = "nameless.key" })", "certificate.name", false},
      {R"({ chain = "nameless.pem", key = "sealed.key", key_password_file = "password" })", "certificate.name", false},
      {R"({ chain = "nameless.pem", key = "sealed.key", key_password_file = "wrong" })", "key.password-wrong", false},
      {R"({ chain = "nameless.pem", key = "sealed.key" })", "key.password-missing", false},
      {R"({ chain = "app.pem", key = "other.key" })", "certificate.key-mismatch", false},
      {R"({ chain = "none.pem", key = "app.key" })", "file.unreadable", false},
      {R"({ chain = "garbage.pem", key = "app.key" })", "certificate.none", false},
      {R"({ chain = "app.pem", key = "garbage.pem" })", "key.damaged", false},
      {R"({ chain = "expired.pem", key = "expired.key" })", "certificate.expired", true},
      {R"({ chain = "early.pem", key = "early.key" })", "certificate.not-yet-valid", true},
      {R"({ chain = "soon.pem", key = "soon.key" })", "certificate.expires-soon", true},
      {R"({ chain = "self.pem", key = "self.key" })", "certificate.self-signed", true},
      {R"({ chain = "app.pem", key = "app.key", ocsp = "garbage.pem" })", "certificate.ocsp", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.certificate);
    auto plan = bench.plan(bench.text(R"("crm.example")", row.certificate));
    CHECK((plan != nullptr) == row.planned);
    CHECK(bench.codes() == row.codes);
  }
}

TEST_CASE("a server that stays the same keeps what is known of it through a reload") {
  Bench bench;
  std::string words = bench.text(R"("crm.example")", kApp);
  auto first = bench.plan(words);
  REQUIRE(first);
  first->backends[0]->servers[1]->judged({.passed = false, .code = "backend.unhealthy", .reason = "ill", .at = {}}, 1,
                                         1);
  auto second = bench.plan(words, first.get());
  REQUIRE(second);
  CHECK(second->backends[0]->servers[0] == first->backends[0]->servers[0]);
  CHECK(second->backends[0]->servers[1] == first->backends[0]->servers[1]);
  auto third = bench.plan(bench.text(R"("crm.example")", kApp, "eject_after = 7"), second.get());
  REQUIRE(third);
  CHECK(third->backends[0]->servers[0] != second->backends[0]->servers[0]);
}

TEST_CASE("a short name stands for the first complete name of its site") {
  Bench bench;
  auto plan = bench.plan(bench.text(R"("crm", "*.apps.example", "crm.example")", kApp));
  // "crm" is no name of the certificate.
  CHECK(bench.codes() == "certificate.name");
  bench.certificate("app", issue({.names = "DNS:crm,DNS:*.apps.example,DNS:crm.example"}, nullptr));
  plan = bench.plan(bench.text(R"("crm", "*.apps.example", "crm.example")", kApp));
  REQUIRE(plan);
  const Site* site = plan->find_site("crm");
  REQUIRE(site);
  CHECK(site->canonical_host("crm") == "crm.example");
  CHECK(site->canonical_host("crm.example") == "");
  CHECK(site->canonical_host("localhost") == "");
}

TEST_CASE("an authority loses its port, and an address its brackets") {
  CHECK(without_port("crm.example:8443") == "crm.example");
  CHECK(without_port("crm.example") == "crm.example");
  CHECK(without_port("[::1]:8443") == "[::1]");
  CHECK(without_port("[::1]") == "[::1]");
  CHECK(without_brackets("[::1]") == "::1");
  CHECK(without_brackets("crm.example") == "crm.example");
}

TEST_CASE("an exact host goes before a wildcard, and that before the catch-all") {
  HostMap<int> hosts;
  int exact = 1;
  int wildcard = 2;
  int all = 3;
  hosts.add("a.example.com", &exact);
  hosts.add("*.example.com", &wildcard);
  CHECK(hosts.find("x") == nullptr);
  hosts.add("*", &all);
  struct Row {
    std::string_view host;
    const int* found;
  };
  const Row rows[] = {{"a.example.com", &exact},
                      {"b.example.com", &wildcard},
                      {"x.a.example.com", &all},
                      {"example.com", &all},
                      {"x", &all},
                      {"", &all}};
  for (const Row& row : rows) {
    CAPTURE(row.host);
    CHECK(hosts.find(row.host) == row.found);
  }
}

}  // namespace
}  // namespace pforte::gate
