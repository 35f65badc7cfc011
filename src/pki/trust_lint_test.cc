#include "pki/trust_lint.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/testing.h"
#include "pki/trust_store_change.h"

namespace pforte::pki {
namespace {

using crypto::testing::issue;
using crypto::testing::make_authority;
using Ids = std::vector<std::string>;

std::string der_of(const crypto::Identity& identity) {
  return crypto::der_of(*identity.chain[0]);
}

Ids ids(const TrustStore& store, const std::optional<std::string>& known = {}) {
  Ids found;
  for (const LintFinding& finding : lint_trust_store(store, {.now = now_in_seconds(), .known_password = known})) {
    CHECK(!finding.why.en.empty());
    CHECK(!finding.why.de.empty());
    CHECK(!finding.remedy.de.empty());
    found.emplace_back(finding.id);
  }
  return found;
}

TrustStore java(std::vector<TrustEntry> entries) {
  return {.name = "s.jks", .form = StoreForm::Jks, .entries = std::move(entries)};
}

TEST_CASE("a root that is valid and strong gives no cause for complaint") {
  CHECK(ids(java({{.alias = "root", .der = der_of(make_authority())}})).empty());
}

TEST_CASE("a server's certificate is found, and the remedy names what to trust instead") {
  auto root = make_authority("The CA");
  std::string leaf = der_of(issue({.subject = "www"}, &root));
  auto alone = lint_trust_store(java({{.alias = "www", .der = leaf}}), {.now = now_in_seconds()});
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].id == "trust.server-certificate");
  CHECK(alone[0].level == LintLevel::Error);
  CHECK(alone[0].remedy.en == "remove it, and add the CA that issued it: CN=The CA");
  CHECK(alone[0].command == "pforte trust remove s.jks --alias www && pforte trust add s.jks ca.pem");
  CHECK(alone[0].other_command ==
        "keytool -delete -alias www -keystore s.jks && "
        "keytool -importcert -alias ca -file ca.pem -keystore s.jks");
  auto both = lint_trust_store(java({{.alias = "www", .der = leaf}, {.alias = "ca", .der = der_of(root)}}),
                               {.now = now_in_seconds()});
  REQUIRE(both.size() == 1);
  CHECK(both[0].remedy.en == "remove it: its issuer CN=The CA is in the store");
}

TEST_CASE("what each certificate is reproached with") {
  auto root = make_authority("root");
  auto intermediate = issue({.subject = "sub", .names = "", .authority = true}, &root);
  std::string good = der_of(root);
  auto one = [](std::string der) { return java({{.alias = "a", .der = std::move(der)}}); };
  CHECK(ids(one(der_of(intermediate))) == Ids{"trust.missing-root"});
  CHECK(ids(java({{.alias = "s", .der = der_of(intermediate)}, {.alias = "r", .der = good}})).empty());
  CHECK(ids(one(der_of(issue({.names = "", .days = {-30, -1}, .authority = true}, nullptr)))) == Ids{"trust.expired"});
  CHECK(ids(one(der_of(issue({.names = "", .days = {1, 30}, .authority = true}, nullptr)))) ==
        Ids{"trust.not-yet-valid"});
  CHECK(ids(one(der_of(issue({}, nullptr)))) == Ids{"trust.no-authority"});
  CHECK(ids(java({{.alias = "a", .der = good}, {.alias = "b", .der = good}})) == Ids{"trust.duplicate"});
  CHECK(ids(java({{.alias = "a", .der = good}, {.alias = "A", .der = der_of(make_authority("x"))}})) ==
        Ids{"trust.duplicate-alias"});
  CHECK(
      ids({.name = "p", .form = StoreForm::Pkcs12, .entries = {{.alias = "a", .der = good, .java_sees_it = false}}}) ==
      Ids{"trust.not-seen-by-java"});
}

TEST_CASE("one that has expired beside one that is valid is a warning") {
  std::string expired = der_of(issue({.subject = "old", .names = "", .days = {-30, -1}, .authority = true}, nullptr));
  auto level_of = [](const TrustStore& store) {
    return lint_trust_store(store, {.now = now_in_seconds()}).at(0).level;
  };
  CHECK(level_of(java({{.alias = "old", .der = expired}})) == LintLevel::Error);
  CHECK(level_of(java({{.alias = "old", .der = expired}, {.alias = "new", .der = der_of(make_authority())}})) ==
        LintLevel::Warning);
}

// A root of this key, signed anew until another day.
std::string signed_with(crypto::Identity& identity, const EVP_MD* digest, int days, int key_usage = 0) {
  X509& x = *identity.chain[0];
  X509_time_adj_ex(X509_getm_notAfter(&x), days, 0, nullptr);
  if (key_usage != 0) crypto::testing::add_extension(x, NID_key_usage, "critical,digitalSignature");
  REQUIRE(X509_sign(&x, identity.key.get(), digest) != 0);
  return crypto::der_of(x);
}

TEST_CASE("a root with a newer certificate for its name and key is superseded, also when it has expired") {
  auto root = make_authority("root");
  std::string old = signed_with(root, EVP_sha256(), 5), newer = signed_with(root, EVP_sha256(), 50);
  CHECK(ids(java({{.alias = "old", .der = old}, {.alias = "new", .der = newer}})) == Ids{"trust.superseded"});
}

TEST_CASE("the command that removes means one certificate: by alias where it is unique, else by digest") {
  std::string a = der_of(make_authority("a")), b = der_of(make_authority("b"));
  TrustStore bundle{.name = "b.pem", .entries = {{.der = a}, {.der = a}}};
  auto twice = lint_trust_store(bundle, {.now = now_in_seconds()});
  REQUIRE(twice.size() == 1);
  CHECK(twice[0].command == "pforte trust remove b.pem --duplicates");
  auto shared = lint_trust_store(java({{.alias = "x", .der = a}, {.alias = "X", .der = b}}), {.now = now_in_seconds()});
  REQUIRE(shared.size() == 1);
  CHECK(shared[0].id == "trust.duplicate-alias");
  CHECK(shared[0].command == "pforte trust remove s.jks --alias " + sha256_of(b).substr(0, 16));
}

TEST_CASE("a CA that may not sign certificates is found") {
  auto root = make_authority("root");
  CHECK(ids(java({{.alias = "a", .der = signed_with(root, EVP_sha256(), 30, 1)}})) == Ids{"trust.no-cert-sign"});
}

TEST_CASE("weak keys and signatures are found; a root's own SHA-1 is not") {
  auto root = make_authority("root");
  CHECK(ids(java({{.alias = "a", .der = signed_with(root, EVP_sha1(), 30)}})).empty());
  auto old = issue({.subject = "old", .names = "", .key = crypto::testing::KeyType::Rsa, .authority = true}, nullptr);
  CHECK(ids(java({{.alias = "a", .der = signed_with(old, EVP_md5(), 30)}})) == Ids{"trust.weak-signature"});
  auto small = make_authority("small");
  small.key.reset(EVP_RSA_gen(1024));
  X509_set_pubkey(small.chain[0].get(), small.key.get());
  CHECK(ids(java({{.alias = "a", .der = signed_with(small, EVP_sha256(), 30)}})) == Ids{"trust.weak-key"});
}

TEST_CASE("a store that trusts nobody, and a file that cannot be read, are errors") {
  TrustStore store{.name = "s"};
  store.unreadable.emplace_back(Kind::Invalid, "certificate.damaged", "s/a.pem:1: the certificate is not Base64");
  CHECK(ids(store) == Ids{"trust.empty", "trust.unreadable-file"});
  for (const LintFinding& finding : lint_trust_store(store, {.now = now_in_seconds()}))
    CHECK(finding.level == LintLevel::Error);
}

TEST_CASE("a private key, and a password that everybody knows, are found") {
  TrustStore store = java({{.alias = "root", .der = der_of(make_authority())}});
  CHECK(ids(store, "changeit") == Ids{"trust.known-password"});
  store.keys.push_back({.alias = "server", .chain = {}});
  CHECK(ids(store, "") == Ids{"trust.known-password", "trust.private-key"});
  CHECK(lint_trust_store(store, {.now = now_in_seconds(), .known_password = ""})[0].level == LintLevel::Error);
}

}  // namespace
}  // namespace pforte::pki
