#include "inventory/inventory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <string>
#include <thread>

#include "crypto/testing.h"
#include "store/testing.h"

namespace pforte::inventory {
namespace {

using namespace crypto::testing;
using crypto::Identity;
using store::testing::TemporaryStore;

std::string chain_of(const Identity& identity) {
  std::string pem;
  for (const crypto::Certificate& certificate : identity.chain) pem += pem_of(*certificate);
  return pem;
}

NewCertificate with_key(const Identity& identity) {
  return {.chain_pem = chain_of(identity), .key_pem = Secret(pem_of(*identity.key)), .owner = "IT"};
}

std::string served(Inventory& inventory, std::string_view host) {
  auto found = inventory.serve(host).value();
  return found ? crypto::subject_of(*found->identity.chain.front()) : "-";
}

TEST_CASE("a certificate is kept with its names, its owner and its key") {
  TemporaryStore store;
  Inventory inventory(*store);
  Identity made = issue({.subject = "crm", .names = "DNS:CRM.example,IP:192.0.2.7"}, nullptr);
  std::string id = inventory.keep(with_key(made)).value();
  Entry entry = inventory.find("crm.example").value();
  CHECK(entry.sha256 == id);
  CHECK(entry.subject == "CN=crm");
  CHECK(entry.names == std::vector<std::string>{"192.0.2.7", "crm.example"});
  CHECK(entry.owner == "IT");
  CHECK(entry.has_key);
  CHECK(entry.source == Source::Imported);
  CHECK(inventory.key(id).value().reveal() == pem_of(*made.key));
  CHECK(inventory.chain(id).value() == chain_of(made));
}

TEST_CASE("what cannot be kept says why, and nothing is kept") {
  TemporaryStore store;
  Inventory inventory(*store);
  Identity made = issue({}, nullptr);
  struct Row {
    std::string chain, key;
    std::string_view code;
  };
  const Row rows[] = {
      {"", pem_of(*made.key), "certificate.none"},
      {chain_of(made).substr(0, 200), pem_of(*made.key), "certificate.damaged"},
      {chain_of(made), pem_of(*make_key()), "certificate.key-mismatch"},
      {chain_of(made), "no key", "key.damaged"},
      {chain_of(made), pem_of(*made.key, "secret"), "key.password-missing"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    Result<std::string> kept = inventory.keep({.chain_pem = row.chain, .key_pem = Secret(row.key)});
    REQUIRE(!kept);
    CHECK(kept.error().code() == row.code);
    CHECK(inventory.list().value().empty());
  }
}

TEST_CASE("a host gets the certificate of its very name before one with a wildcard, then the one valid longest") {
  TemporaryStore store;
  Inventory inventory(*store);
  const crypto::testing::Wanted wanted[] = {
      {.subject = "wildcard", .names = "DNS:*.example.com", .days = {-1, 300}},
      {.subject = "short", .names = "DNS:crm.example.com", .days = {-1, 10}},
      {.subject = "long", .names = "DNS:crm.example.com", .days = {-1, 20}},
      {.subject = "expired", .names = "DNS:old.example.org", .days = {-20, -1}},
      {.subject = "not yet", .names = "DNS:new.example.org", .days = {1, 20}},
      {.subject = "address", .names = "IP:192.0.2.7"},
  };
  for (const auto& one : wanted) CHECK(inventory.keep(with_key(issue(one, nullptr))));
  CHECK(inventory.keep({.chain_pem = chain_of(issue({.subject = "seen", .names = "DNS:seen.example.org"}, nullptr)),
                        .source = Source::Seen}));
  CHECK(served(inventory, "crm.example.com") == "CN=long");
  CHECK(served(inventory, "CRM.Example.com") == "CN=long");
  CHECK(served(inventory, "erp.example.com") == "CN=wildcard");
  CHECK(served(inventory, "*.example.com") == "CN=wildcard");
  CHECK(served(inventory, "192.0.2.7") == "CN=address");
  for (std::string_view host : {"old.example.org", "new.example.org", "seen.example.org", "example.com",
                                "a.b.example.com", "*.com", "192.0.2.8", ""}) {
    CAPTURE(host);
    CHECK(served(inventory, host) == "-");
  }
}

TEST_CASE(
    "a certificate that was retired is shown no more, also when it comes again, and one that was removed neither") {
  TemporaryStore store;
  Inventory inventory(*store);
  Identity made = issue({.names = "DNS:crm.example"}, nullptr);
  std::string id = inventory.keep(with_key(made)).value();
  CHECK(inventory.retire(id));
  CHECK(served(inventory, "crm.example") == "-");
  CHECK(inventory.find(id).value().retired);
  CHECK(inventory.keep(with_key(made)));
  CHECK(served(inventory, "crm.example") == "-");
  CHECK(inventory.find(id).value().retired);
  CHECK(inventory.remove(id));
  CHECK(served(inventory, "crm.example") == "-");
  CHECK(inventory.find(id).error().code() == "certificate.unknown");
  CHECK(inventory.remove(id).error().code() == "certificate.unknown");
}

TEST_CASE("the certificates of a chain are kept as well, and each can be found as an issuer") {
  TemporaryStore store;
  Inventory inventory(*store);
  Identity authority = make_authority("root");
  Identity made = issue({.subject = "crm"}, &authority);
  made.chain.push_back(std::move(authority.chain.front()));
  CHECK(inventory.keep(with_key(made)));
  CHECK(inventory.with_subject("CN=root").value().size() == 1);
  Entry root = inventory.find("CN=root").value();
  CHECK(root.is_authority);
  CHECK(!root.has_key);
  CHECK(inventory.list().value().size() == 2);
}

TEST_CASE("what was seen is not preferred to what somebody put here") {
  TemporaryStore store;
  Inventory inventory(*store);
  Identity made = issue({}, nullptr);
  NewCertificate seen{.chain_pem = chain_of(made), .source = Source::Seen};
  std::string id = inventory.keep(seen).value();
  CHECK(inventory.find(id).value().source == Source::Seen);
  CHECK(inventory.keep(with_key(made)));
  CHECK(inventory.keep(seen));
  Entry entry = inventory.find(id).value();
  CHECK(entry.source == Source::Imported);
  CHECK(entry.owner == "IT");
  CHECK(entry.has_key);
}

TEST_CASE("where it is used is told once for each place") {
  TemporaryStore store;
  Inventory inventory(*store);
  std::string id = inventory.keep(with_key(issue({}, nullptr))).value();
  for (int i = 0; i < 2; ++i) CHECK(!inventory.note_use(id, UseKind::Site, "crm.example").value());
  CHECK(inventory.note_use(id, UseKind::Backend, "crm.internal:8443"));
  CHECK(inventory.note_use("unknown", UseKind::Site, "crm.example"));
  std::vector<Use> uses = inventory.find(id).value().uses;
  REQUIRE(uses.size() == 2);
  CHECK(uses[0].kind == UseKind::Backend);
  CHECK(uses[0].place == "crm.internal:8443");
  CHECK(uses[1].kind == UseKind::Site);
}

TEST_CASE("another certificate at a place is told once, and the one before is no longer in use there") {
  TemporaryStore store;
  Inventory inventory(*store);
  std::string first = inventory.keep(with_key(issue({}, nullptr))).value();
  std::string second = inventory.keep(with_key(issue({}, nullptr))).value();
  CHECK(!inventory.note_use(first, UseKind::Backend, "crm:8443").value());
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(inventory.note_use(second, UseKind::Backend, "crm:8443").value());
  CHECK(!inventory.note_use(second, UseKind::Backend, "crm:8443").value());
  CHECK(!inventory.find(first).value().uses.front().current);
  CHECK(inventory.find(second).value().uses.front().current);
}

TEST_CASE("uses of a kind that are not told again are forgotten, those of another kind are not") {
  TemporaryStore store;
  Inventory inventory(*store);
  std::string id = inventory.keep(with_key(issue({}, nullptr))).value();
  CHECK(inventory.note_use(id, UseKind::Backend, "crm:8443"));
  CHECK(inventory.set_uses(UseKind::Site, {{id, "a.example"}, {id, "b.example"}}));
  CHECK(inventory.find(id).value().uses.size() == 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(inventory.set_uses(UseKind::Site, {{id, "b.example"}}));
  CHECK(inventory.find(id).value().uses.size() == 2);
}

TEST_CASE("what was done about a certificate is remembered until it goes") {
  TemporaryStore store;
  Inventory inventory(*store);
  std::string id = inventory.keep(with_key(issue({}, nullptr))).value();
  CHECK(!inventory.remembers(id, "30d").value());
  CHECK(inventory.remember(id, "30d").value());
  CHECK(!inventory.remember(id, "30d").value());
  CHECK(inventory.remembers(id, "30d").value());
  CHECK(!inventory.remembers(id, "14d").value());
  Time long_ago{};
  CHECK(inventory.untold(long_ago).value().size() == 1);
  CHECK(inventory.remember(id, "30d/sent").value());
  CHECK(inventory.untold(long_ago).value().empty());
}

TEST_CASE("a few digits are enough to find it, too few are not") {
  TemporaryStore store;
  Inventory inventory(*store);
  std::string id = inventory.keep(with_key(issue({}, nullptr))).value();
  CHECK(inventory.find(id.substr(0, 8)).value().sha256 == id);
  CHECK(inventory.find(id.substr(0, 7)).error().code() == "certificate.unknown");
  CHECK(inventory.find("ffffffffffff").error().kind() == Kind::NotFound);
}

TEST_CASE("the store with the keys is readable by its owner alone") {
  TemporaryStore store;
  Inventory inventory(*store);
  CHECK(inventory.keep(with_key(issue({}, nullptr))));
  for (std::string_view file : {"pforte.db", "pforte.db-wal"}) {
    CAPTURE(file);
    struct stat is{};
    REQUIRE(stat(store.folder.file(file).c_str(), &is) == 0);
    CHECK((is.st_mode & 0777) == 0600);
  }
}

}  // namespace
}  // namespace pforte::inventory
