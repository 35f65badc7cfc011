#include "policy/path_rules.h"

#include <doctest/doctest.h>

#include <initializer_list>

#include "policy/preset.h"

namespace pforte::policy {
namespace {

using Verdicts = Verdict::Kind;

using enum PathProfile;

const net::Address inside = net::parse_ip("10.1.2.3").value();
const net::Address outside = net::parse_ip("192.0.2.7").value();

Rule allow(std::string_view path) {
  Rule rule;
  rule.path = path;
  return rule;
}

Rule deny(std::string_view path) {
  Rule rule = allow(path);
  rule.effect = Rule::Effect::Deny;
  return rule;
}

Rule allow_from_inside(std::string_view path) {
  Rule rule = allow(path);
  rule.from.push_back(net::parse_network("10.0.0.0/8").value());
  return rule;
}

Rule permitting(std::string_view path, std::initializer_list<Oddity> oddities) {
  Rule rule = allow(path);
  for (Oddity oddity : oddities) rule.permits.add(oddity);
  return rule;
}

// "allowed", "404", or the code of the refusal.
std::string_view outcome(const PathRules& rules, std::string_view path, std::string_view method = "GET",
                         const net::Address& client = outside) {
  std::string scratch;
  Verdict verdict = rules.judge(path, method, {.address = client}, scratch);
  if (verdict.kind == Verdicts::Refused) return verdict.refusal.code;
  return verdict.kind == Verdicts::Allowed ? "allowed" : "404";
}

PathRules cursor_crm(PathProfile profile) {
  std::vector<Rule> rules;
  for (std::string_view path : preset_named("cursor-crm")->paths) rules.push_back(allow(path));
  return {std::move(rules), profile};
}

struct Row {
  std::string_view path, outcome;
};

void check(const PathRules& rules, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(profile_name(rules.profile()));
    CAPTURE(row.path);
    CHECK(outcome(rules, row.path) == row.outcome);
  }
}

TEST_CASE("a path is within a rule's at a border of segments, with or without a slash at its end") {
  CHECK(is_within("/rest", "/rest", Generic));
  CHECK(is_within("/rest", "/rest/", Generic));
  CHECK(is_within("/rest/x", "/rest/", Generic));
  CHECK(is_within("/anything", "/", Generic));
  CHECK_FALSE(is_within("/rest_api", "/rest", Generic));
  CHECK_FALSE(is_within("/rest_api", "/rest/", Generic));
  CHECK_FALSE(is_within("/r", "/rest", Generic));
  CHECK_FALSE(is_within("/Rest", "/rest", Tomcat));
  CHECK(is_within("/Rest", "/rest", Iis));
}

TEST_CASE("rules match on segment borders, and what none allows is not there") {
  for (PathProfile profile : {Generic, Tomcat, Iis}) {
    check(cursor_crm(profile), {
                                   {"/", "404"},
                                   {"/cti", "allowed"},
                                   {"/cti/", "allowed"},
                                   {"/cti/x", "allowed"},
                                   {"/cti_crm", "allowed"},
                                   {"/cti_", "404"},
                                   {"/ct", "404"},
                                   {"/ctix", "404"},
                                   {"/webclient/static/app.js", "allowed"},
                                   {"/webclient/../management", "404"},
                                   {"/management", "404"},
                                   {"/x/../webclient", "allowed"},
                                   {"/%77ebclient", "allowed"},
                                   {"/webclient/a%20b+c~d@e:f", "allowed"},
                                   {"/webclient/m%C3%BCller", "allowed"},
                               });
  }
  check(PathRules({}, Tomcat), {{"/", "404"}, {"/x", "404"}});
  check(PathRules({allow("/")}, Tomcat), {{"/", "allowed"}, {"/x/y", "allowed"}});
}

TEST_CASE("no known way around a context path works on Tomcat") {
  const PathRules rules = cursor_crm(Tomcat);
  for (std::string_view path : {
           "/webclient/..;/management",
           "/webclient/..;x=y/management",
           "/webclient/..;;/management",
           "/webclient;/../management",
           "/webclient;x/..;/management",
           "/webclient/;/../../management",
           "/webclient/.;/../../management",
           "/webclient/%2e%2e/management",
           "/webclient/%2e%2e;/management",
           "/webclient/%2e%2e;x=y/management",
           "/webclient/.%2e/management",
           "/webclient/..%2fmanagement",
           "/webclient%2f..%2fmanagement",
           "/webclient/..%5cmanagement",
           "/webclient/..\\management",
           "/webclient\\..\\management",
           "/webclient/..%3b/management",
           "/webclient/%252e%252e/management",
           "/webclient/..%252fmanagement",
           "/webclient/%c0%ae%c0%ae/management",
           "/webclient/..%c0%afmanagement",
           "/webclient/..%00/management",
           "/webclient/..%00;/management",
           "/webclient/..%09/management",
           "/webclient/%u002e%u002e/management",
           "/webclient//../management",
           "/webclient//../../management",
           "//management",
           "/;/management",
           "/;/webclient/..;/management",
           "/.;/management",
           "/./management",
           "/%2e/management",
           "/x/../management",
           "/management;/webclient",
           "/management%3b/webclient",
           "/Webclient",
           "/WEBCLIENT/x",
           "/webclient%20",
           "/webclient.",
           "/webclient%00",
           "/webclient%23/../management",
           "/webclient%3f/../management",
           "/webclient?/../../management",
           "/webclient#/../../management",
           "\\management",
           "http://host/management",
           "/..;/webclient",
       }) {
    CAPTURE(path);
    CHECK(outcome(rules, path) != "allowed");
  }
}

TEST_CASE("no known way around a denied path works on Windows, nor in front of a backend we do not know") {
  const PathRules iis({allow("/"), deny("/admin")}, Iis);
  const PathRules generic({allow("/"), deny("/admin")}, Generic);
  for (std::string_view path : {"/admin",
                                "/admin/",
                                "/admin/x",
                                "/x/../admin",
                                "/./admin",
                                "/%61dmin",
                                "/admin.",
                                "/admin%20",
                                "/admin.%20./x",
                                "/admin;x",
                                "/admin;/x",
                                "/;/admin",
                                "/admin%3fx",
                                "/admin%23",
                                "/admin:x",
                                "/admin::$DATA",
                                "/admin::$INDEX_ALLOCATION/x",
                                "/%2561dmin",
                                "/ADMIN~1",
                                "/%ef%bd%81dmin",
                                "//admin",
                                "/x/..\\admin",
                                "/\\admin",
                                "/%5cadmin",
                                "/%2fadmin",
                                "/admin%2fx",
                                "/admin\\x",
                                "/admin%5cx",
                                "/%u0061dmin",
                                "/admin%00",
                                "/..;/admin",
                                "/admin%c2%a0",
                                "/%e1%b5%83dmin",
                                "/%20/../admin"}) {
    CAPTURE(path);
    CHECK(outcome(iis, path) != "allowed");
    CHECK(outcome(generic, path) != "allowed");
  }
  for (std::string_view path : {"/ADMIN", "/Admin/x", "/%41dmin"}) {
    CAPTURE(path);
    CHECK(outcome(iis, path) == "404");
  }
  CHECK(outcome(iis, "/administrator") == "allowed");
}

TEST_CASE("case counts except on iis") {
  check(PathRules({allow("/maskEditor")}, Iis), {{"/MASKEDITOR/x", "allowed"}, {"/maskeditor", "allowed"}});
  check(PathRules({allow("/maskEditor")}, Tomcat), {{"/maskeditor", "404"}, {"/maskEditor", "allowed"}});
  check(PathRules({allow("/maskEditor")}, Generic), {{"/maskeditor", "404"}});
}

TEST_CASE("session ids in the path pass on Tomcat, and elsewhere where they decide nothing") {
  check(PathRules({allow("/webclient")}, Tomcat), {{"/webclient;jsessionid=1", "allowed"},
                                                   {"/webclient/;jsessionid=1", "allowed"},
                                                   {"/webclient/a;v=1/b;w", "allowed"}});
  check(PathRules({allow("/webclient")}, Generic),
        {{"/webclient;jsessionid=1", "path.semicolon"}, {"/webclient/a;jsessionid=1", "allowed"}, {"/other;x", "404"}});
}

TEST_CASE("the longest path decides, for its methods and clients alone") {
  Rule read_only = allow("/rest/report");
  read_only.methods = {"GET", "HEAD"};
  const PathRules rules({allow("/"), allow_from_inside("/admin"), deny("/admin/keys"), allow("/admin/keys/public"),
                         read_only, allow("/rest"), allow_from_inside("/rest/report")},
                        Tomcat);
  struct Case {
    std::string_view path, method;
    const net::Address& client;
    std::string_view outcome;
  };
  const Case cases[] = {
      {"/x", "PUT", outside, "allowed"},
      {"/admin", "GET", outside, "404"},
      {"/admin", "GET", inside, "allowed"},
      {"/admin/keys", "GET", inside, "404"},
      {"/admin/keys/x", "GET", inside, "404"},
      {"/admin/keys/public/x", "GET", outside, "allowed"},
      {"/rest/report", "GET", outside, "allowed"},
      {"/rest/report", "get", outside, "404"},
      {"/rest/report", "POST", outside, "404"},
      {"/rest/report", "POST", inside, "allowed"},
      {"/rest/reports", "POST", outside, "allowed"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.path);
    CAPTURE(row.method);
    CHECK(outcome(rules, row.path, row.method, row.client) == row.outcome);
  }
}

TEST_CASE("of rules with the same path, one denial outweighs every allowance") {
  Rule no_delete = deny("/rest/");
  no_delete.methods = {"DELETE"};
  const PathRules rules({allow("/rest"), no_delete}, Tomcat);
  CHECK(outcome(rules, "/rest/x", "GET") == "allowed");
  CHECK(outcome(rules, "/rest/x", "DELETE") == "404");
}

TEST_CASE("a verdict says which rule it was") {
  Rule admin = allow_from_inside("/admin");
  admin.tag = 7;
  admin.line = 42;
  const PathRules rules({allow("/"), admin}, Tomcat);
  std::string scratch;
  Verdict verdict = rules.judge("/x/../admin/a%20b", "GET", {.address = inside}, scratch);
  REQUIRE(verdict.kind == Verdicts::Allowed);
  CHECK(verdict.rule->tag == 7);
  CHECK(verdict.rule->line == 42);
  CHECK(verdict.path.forward == "/admin/a%20b");
  CHECK(verdict.path.decision == "/admin/a b");
  CHECK(rules.judge("/admin", "GET", {.address = outside}, scratch).rule == nullptr);
}

TEST_CASE("a permit holds inside what its own rule decides, and nowhere else") {
  const PathRules rules({permitting("/rest", {Oddity::EncodedSlash, Oddity::EmptySegment, Oddity::InvalidUtf8}),
                         allow("/rest/plain"), allow("/webclient"), allow_from_inside("/admin")},
                        Tomcat);
  check(rules, {
                   {"/rest/a%2fb", "allowed"},
                   {"/rest/a//b", "allowed"},
                   {"/rest/m%fcller", "allowed"},
                   {"/rest/a%5cb", "path.encoded-backslash"},
                   {"/rest%2fa", "path.encoded-slash"},
                   {"/rest%2f..%2fadmin", "path.hidden-dot-segment"},
                   {"/rest/..%2fadmin", "path.hidden-dot-segment"},
                   {"/rest/%2e%2e%2fadmin", "path.hidden-dot-segment"},
                   {"/rest/plain%2fx", "path.encoded-slash"},
                   {"/rest/plain/a%2fb", "path.encoded-slash"},
                   {"/rest//plain", "path.empty-segment"},
                   {"/rest/%2fplain", "path.encoded-slash"},
                   {"/rest/x%2fplain", "allowed"},
                   {"/rest/x/../../webclient/a%2fb", "path.encoded-slash"},
                   {"/webclient/a%2fb", "path.encoded-slash"},
                   {"/x%2fb", "path.encoded-slash"},
                   {"/x", "404"},
                   {"//rest", "path.empty-segment"},
                   {"/rest%2f%2e%2e/admin", "path.hidden-dot-segment"},
               });
}

TEST_CASE("a permitted dot segment in disguise is decided by the rule it leads to") {
  const PathRules rules({permitting("/rest", {Oddity::DotSegmentParameter}), allow("/webclient")}, Tomcat);
  std::string scratch;
  Verdict verdict = rules.judge("/webclient/..;x/rest/a", "GET", {.address = outside}, scratch);
  REQUIRE(verdict.kind == Verdicts::Allowed);
  CHECK(verdict.path.forward == "/rest/a");
  CHECK(outcome(rules, "/rest/..;x/webclient/a") == "path.dot-segment-parameter");
  CHECK(outcome(rules, "/rest/..;x/management") == "path.dot-segment-parameter");
}

TEST_CASE("a doubt about what is not allowed either way is a 404") {
  const PathRules rules({allow("/webclient"), allow_from_inside("/admin")}, Generic);
  CHECK(outcome(rules, "/admin;x", "GET", inside) == "path.semicolon");
  CHECK(outcome(rules, "/admin;x", "GET", outside) == "404");
}

TEST_CASE("a path that readers take differently cannot be a rule's") {
  struct Bad {
    PathProfile profile;
    std::string_view path;
  };
  const Bad bad[] = {
      {Tomcat, ""},       {Tomcat, "rest"},  {Tomcat, "/a//b"}, {Tomcat, "/a/../b"},     {Tomcat, "/a/."},
      {Tomcat, "/a%20b"}, {Tomcat, "/a;x"},  {Tomcat, "/a\\b"}, {Tomcat, "/a?x"},        {Generic, "/a."},
      {Generic, "/a:b"},  {Generic, "/a;b"}, {Iis, "/a~1"},     {Iis, "/m\xc3\xbcller"}, {Generic, "/\xef\xbd\x81"},
      {Tomcat, "/a b"},   {Tomcat, "/\xfc"},
  };
  for (const Bad& row : bad) {
    CAPTURE(row.path);
    Result<> got = check_rule_path(row.path, row.profile);
    REQUIRE(!got);
    CHECK(got.error().kind() == Kind::Invalid);
    CHECK(got.error().code() == "policy.rule-path");
  }
  CHECK(check_rule_path("/m\xc3\xbcller/", Tomcat));
  CHECK(check_rule_path("/m\xc3\xbcller", Generic));
  CHECK(check_rule_path("/", Iis));
}

}  // namespace
TEST_CASE("a rule with groups holds for those who are in one of them") {
  Rule rule = allow("/admin");
  rule.groups = {"crm-admins", "support"};
  PathRules rules({rule, allow("/")}, PathProfile::Generic);
  std::string scratch;
  auto kind = [&](const std::vector<std::string>* groups) {
    return rules.judge("/admin/x", "GET", {.address = outside, .groups = groups}, scratch).kind;
  };
  const std::vector<std::string> admin = {"agents", "crm-admins"};
  const std::vector<std::string> agent = {"agents"};
  CHECK(kind(&admin) == Verdicts::Allowed);
  CHECK(kind(&agent) == Verdicts::NeedsGroup);
  CHECK(kind(nullptr) == Verdicts::NeedsGroup);
}

TEST_CASE("one rule of a path that holds is enough, whatever groups the others ask for") {
  Rule admins = allow("/admin");
  admins.groups = {"crm-admins"};
  Rule inside_only = allow_from_inside("/admin");
  PathRules rules({admins, inside_only}, PathProfile::Generic);
  std::string scratch;
  CHECK(rules.judge("/admin", "GET", {.address = inside}, scratch).kind == Verdicts::Allowed);
  CHECK(rules.judge("/admin", "GET", {.address = outside}, scratch).kind == Verdicts::NeedsGroup);
}

TEST_CASE("a path that some reading puts under a rule with groups is refused") {
  Rule admins = permitting("/admin", {Oddity::EncodedSlash});
  admins.groups = {"crm-admins"};
  PathRules rules({admins, permitting("/", {Oddity::EncodedSlash})}, PathProfile::Generic);
  std::string scratch;
  CHECK(rules.judge("/admin%2fx", "GET", {.address = outside}, scratch).kind == Verdicts::Refused);
}

}  // namespace pforte::policy
