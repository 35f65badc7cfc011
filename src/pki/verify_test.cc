#include "pki/verify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "pki/peer_name.h"
#include "pki/testing.h"

namespace pforte::pki {
namespace {

using namespace testing;
using std::chrono::days;
using std::chrono::seconds;

const Made& root() {
  static const Made made = make(authority("root"), nullptr);
  return made;
}
const Made& middle() {
  static const Made made = make(authority("middle"), &root());
  return made;
}
const Made& server() {
  static const Made made = make({}, &middle());
  return made;
}

std::string judged(const Question& question) {
  return reason(verify(question));
}

TEST_CASE("a path leads from the leaf to what is trusted") {
  Verdict verdict = verify(about(server(), {&middle()}, {&root()}));
  CHECK(verdict.trusted);
  CHECK(verdict.path == std::vector{&server().certificate, &middle().certificate, &root().certificate});
  CHECK(verdict.findings.empty());
  CHECK(verdict.signature_checks == 2);
}

TEST_CASE("what is trusted may be an intermediate, or the certificate itself") {
  CHECK(judged(about(server(), {&root()}, {&middle()})) == "trusted");
  CHECK(judged(about(server(), {}, {&server()})) == "trusted");
}

TEST_CASE("where the path breaks off is told") {
  const Made stranger = make(authority("root"), nullptr);
  const Made alone = make({.subject = "alone"}, nullptr);
  CHECK(judged(about(server(), {}, {&root()})) == "cert.issuer-unknown");
  CHECK(judged(about(server(), {&middle()}, {&stranger})) == "cert.signature");
  CHECK(judged(about(alone, {}, {&root()})) == "cert.self-signed");
}

TEST_CASE("a good path is found beside a certificate of the same name and key that is no longer good") {
  const Made other_root = make(authority("other root"), nullptr);
  Recipe cross = authority("middle");
  cross.key = middle().key;
  cross.until = kNow - days(1);
  const Made expired = make(cross, &other_root);
  std::vector<const Made*> both = {&expired, &middle()};
  CHECK(judged(about(server(), both, {&root(), &other_root})) == "trusted");
  std::ranges::reverse(both);
  CHECK(judged(about(server(), both, {&root(), &other_root})) == "trusted");
  CHECK(judged(about(server(), {&expired}, {&other_root})) == "cert.expired");
}

TEST_CASE("authorities that vouch only for each other lead nowhere, and end") {
  Recipe first = authority("first"), second = authority("second");
  Made a = make(first, nullptr), b = make(second, nullptr);
  first.key = a.key;
  second.key = b.key;
  const Made a_by_b = make(first, &b), b_by_a = make(second, &a), leaf = make({}, &a);
  Verdict verdict = verify(about(leaf, {&a_by_b, &b_by_a}, {&root()}));
  CHECK(reason(verdict) == "cert.loop");
  CHECK(verdict.candidates < 20);
  CHECK(judged(about(leaf, {&a_by_b, &b_by_a}, {&b})) == "trusted");
}

TEST_CASE("notBefore and notAfter belong to the validity (RFC 5280, 4.1.2.5)") {
  Question question = about(server(), {&middle()}, {&root()});
  struct Row {
    Instant at;
    std::string_view verdict;
  };
  const Row rows[] = {
      {kNow - days(30), "trusted"},
      {kNow - days(30) - seconds(1), "cert.not-yet-valid"},
      {kNow + days(30), "trusted"},
      {kNow + days(30) + seconds(1), "cert.expired"},
  };
  for (const Row& row : rows) {
    question.wanted.at = row.at;
    CHECK(judged(question) == row.verdict);
  }
}

TEST_CASE("what an authority says of itself decides what it may issue (RFC 5280, 6.1.4)") {
  struct Row {
    std::vector<ExtensionText> differs;
    std::string_view verdict;
  };
  const Row rows[] = {
      {{{NID_basic_constraints, ""}}, "cert.not-a-ca"},
      {{{NID_basic_constraints, "critical,CA:FALSE"}}, "cert.not-a-ca"},
      {{{NID_basic_constraints, "CA:TRUE"}}, "trusted"},
      {{{NID_key_usage, "critical,cRLSign"}}, "cert.key-cert-sign"},
      {{{NID_key_usage, ""}}, "trusted"},
      {{{NID_ext_key_usage, "emailProtection"}}, "cert.extended-key-usage"},
      {{{NID_ext_key_usage, "clientAuth,serverAuth"}}, "trusted"},
      {{{NID_name_constraints, "critical,permitted;DNS:example.org"}}, "cert.name-constraints"},
      {{{NID_name_constraints, "critical,permitted;DNS:example.com"}}, "trusted"},
      {{{NID_policy_constraints, "critical,requireExplicitPolicy:0"}}, "cert.policies"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.verdict);
    const Made issuer = make(authority("middle", row.differs), &root());
    const Made leaf = make({}, &issuer);
    CHECK(judged(about(leaf, {&issuer}, {&root()})) == row.verdict);
  }
}

TEST_CASE("a path length counts intermediates that are not self-issued") {
  const Made limited = make(authority("limited", {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}}), &root());
  const Made rollover = make(authority("limited"), &limited), below = make(authority("below"), &limited);
  const Made good = make({}, &rollover), bad = make({}, &below);
  CHECK(judged(about(good, {&limited, &rollover}, {&root()})) == "trusted");
  CHECK(judged(about(bad, {&limited, &below}, {&root()})) == "cert.path-length");
}

TEST_CASE("a depth counts the same way") {
  Question question = about(server(), {&middle()}, {&root()});
  question.max_depth = 1;
  CHECK(judged(question) == "trusted");
  question.max_depth = 0;
  CHECK(judged(question) == "cert.depth");
}

TEST_CASE("all names that are asked for must be there") {
  Question question = about(server(), {&middle()}, {&root()});
  question.wanted.names = {*read_peer_name("dns:www.example.com")};
  CHECK(judged(question) == "trusted");
  question.wanted.names.push_back(*read_peer_name("dns:example.com"));
  CHECK(judged(question) == "cert.name");
}

TEST_CASE("profiles differ") {
  Recipe lasting{.until = kNow + days(900)};
  const Made old_root = make(authority("root"), nullptr), sha1 = make({.digest = EVP_sha1()}, &old_root),
             lives = make(lasting, &old_root);
  Recipe bare{.subject = "www.example.com", .extensions = {}};
  const Made nameless = make(bare, &old_root);
  struct Row {
    const Made& leaf;
    std::string_view rfc5280, webpki, browser, app, java;
  };
  const Row rows[] = {
      {sha1, "cert.sha1", "cert.sha1", "cert.sha1", "cert.sha1", "trusted"},
      {lives, "trusted", "trusted", "trusted", "cert.lifetime", "trusted"},
      {nameless, "cert.name", "cert.purpose-missing", "cert.name", "cert.purpose-missing", "trusted"},
  };
  for (const Row& row : rows) {
    Question question = about(row.leaf, {}, {&old_root});
    question.wanted.names = {*read_peer_name("dns:www.example.com")};
    const std::pair<Profile, std::string_view> all[] = {{Profile::Rfc5280, row.rfc5280},
                                                        {Profile::WebPki, row.webpki},
                                                        {Profile::Browser, row.browser},
                                                        {Profile::App, row.app},
                                                        {Profile::Java, row.java}};
    for (const auto& [profile, verdict] : all) {
      question.profile = profile;
      CAPTURE(int(profile));
      CHECK(judged(question) == verdict);
    }
  }
}

TEST_CASE("the reason belongs to the path that came furthest, not to the last that was tried") {
  Recipe late = authority("middle");
  late.key = middle().key;
  late.until = kNow - days(1);
  const Made stranger = make(authority("strange root"), nullptr);
  const Made expired = make(late, &root()), astray = make(authority("middle"), &stranger);
  Verdict verdict = verify(about(server(), {&astray, &expired}, {&root()}));
  CHECK(reason(verdict) == "cert.expired");
  CHECK(verdict.findings.front().certificate == &expired.certificate);
  CHECK(verdict.path.back() == &root().certificate);
}

TEST_CASE("a thousand issuers of the same name do not hide the right one, and more end the search") {
  for (std::size_t count : {900UZ, 3000UZ}) {
    std::list<Made> impostors;
    Recipe recipe = authority("middle");
    for (std::size_t i = 0; i < count; ++i) {
      recipe.serial = long(i) + 2;
      recipe.key = root().key;  // not the one that signed
      impostors.push_back(make(recipe, &root()));
    }
    Recipe leaf_recipe;
    const Made leaf = make(leaf_recipe, &middle());
    Question question = about(leaf, {}, {&root()});
    for (const Made& impostor : impostors) question.untrusted.push_back(&impostor.certificate);
    question.untrusted.push_back(&middle().certificate);
    Verdict verdict = verify(question);
    CHECK(verdict.trusted);  // by its key identifier it is the first that is tried
    question.untrusted.pop_back();
    verdict = verify(question);
    CHECK(!verdict.trusted);
    CHECK(verdict.signature_checks <= kMostSignatureChecks);
    bool gave_up =
        std::ranges::any_of(verdict.findings, [](const Finding& one) { return one.rule->id == "cert.too-complex"; });
    CHECK(gave_up == (count > kMostSignatureChecks));
  }
}

TEST_CASE("twenty authorities that all certify each other are no maze") {
  std::vector<Recipe> recipes;
  std::list<Made> own, crossed;
  for (int i = 0; i < 20; ++i) {
    recipes.push_back(authority(cat("authority ", i)));
    own.push_back(make(recipes.back(), nullptr));
    recipes.back().key = own.back().key;
  }
  for (const Recipe& recipe : recipes) {
    for (const Made& issuer : own) crossed.push_back(make(recipe, &issuer));
  }
  const Made leaf = make({}, &own.front());
  Question question = about(leaf, {}, {&root()});
  for (const Made& made : crossed) question.untrusted.push_back(&made.certificate);
  Verdict verdict = verify(question);
  CHECK(!verdict.trusted);
  CHECK(verdict.candidates <= 2 * kMostCandidates);
  question.trusted = {&own.back().certificate};
  CHECK(verify(question).trusted);
}

TEST_CASE("many names times many constraints are given up") {
  std::string constraints = "critical", names;
  for (int i = 0; i < 600; ++i) {
    constraints += cat(",excluded;DNS:x", i, ".example.org");
    names += cat(names.empty() ? "" : ",", "DNS:h", i, ".example.com");
  }
  const Made issuer = make(authority("middle", {{NID_name_constraints, constraints}}), &root());
  const Made leaf = make({.extensions = {{NID_subject_alt_name, names}}}, &issuer);
  CHECK(judged(about(leaf, {&issuer}, {&root()})) == "cert.too-complex");
}

}  // namespace
}  // namespace pforte::pki
