#include "pki/name_constraints.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "pki/peer_name.h"
#include "pki/testing.h"

namespace pforte::pki {
namespace {

using namespace std::string_literals;

Certificate with_names(std::vector<GeneralName> names) {
  Certificate certificate;
  certificate.alternative_names = std::move(names);
  return certificate;
}

std::size_t errors(const NameConstraints& constraints, const Certificate& certificate) {
  Certificate authority;
  authority.name_constraints = constraints;
  Findings findings(Profile::Rfc5280);
  std::size_t comparisons = 0;
  check_name_constraints(authority, certificate, comparisons, findings);
  return findings.errors();
}

TEST_CASE("a name must lie in a permitted subtree of its form, and in no excluded one (RFC 5280, 4.2.1.10)") {
  struct Row {
    NameForm form;
    std::string constraint, name;
    bool inside;
  };
  const Row rows[] = {
      {NameForm::Dns, "example.com", "example.com", true},
      {NameForm::Dns, "example.com", "a.b.EXAMPLE.com", true},
      {NameForm::Dns, "example.com", "notexample.com", false},
      {NameForm::Dns, "", "example.com", true},
      {NameForm::Dns, "example.com", "*.example.com", true},
      {NameForm::Mail, "jo@example.com", "jo@Example.com", true},
      {NameForm::Mail, "jo@example.com", "Jo@example.com", false},
      {NameForm::Mail, "example.com", "jo@example.com", true},
      {NameForm::Mail, "example.com", "jo@a.example.com", false},
      {NameForm::Mail, ".example.com", "jo@a.example.com", true},
      {NameForm::Mail, ".example.com", "jo@example.com", false},
      {NameForm::Uri, "example.com", "https://u@example.com:8443/x", true},
      {NameForm::Uri, "example.com", "https://a.example.com/", false},
      {NameForm::Uri, ".example.com", "https://a.example.com", true},
      {NameForm::Ip, "\xc0\0\2\0\xff\xff\xff\0"s, "\xc0\0\2\7"s, true},
      {NameForm::Ip, "\xc0\0\2\0\xff\xff\xff\0"s, "\xc0\0\3\7"s, false},
      {NameForm::Ip, "\xc0\0\2\0\xff\xff\xff\0"s, std::string(16, '\0'), false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.constraint);
    CAPTURE(row.name);
    Certificate certificate = with_names({{row.form, row.name, {}}});
    NameConstraints permitted, excluded;
    permitted.permitted = {{row.form, row.constraint, {}}};
    excluded.excluded = {{row.form, row.constraint, {}}};
    CHECK(errors(permitted, certificate) == (row.inside ? 0 : 1));
    CHECK(errors(excluded, certificate) == (row.inside ? 1 : 0));
  }
}

TEST_CASE("constraints of another form do not matter, and an unreadable name is in no subtree") {
  NameConstraints only_addresses;
  only_addresses.permitted = {{NameForm::Ip, "\x0a\0\0\0\xff\0\0\0"s, {}}};
  CHECK(errors(only_addresses, with_names({{NameForm::Dns, "example.com", {}}})) == 0);
  NameConstraints mail, dns, uri;
  mail.excluded = {{NameForm::Mail, "example.org", {}}};
  dns.excluded = {{NameForm::Dns, "example.org", {}}};
  uri.excluded = {{NameForm::Uri, "example.org", {}}};
  CHECK(errors(mail, with_names({{NameForm::Mail, "a@b@example.com", {}}})) == 1);
  CHECK(errors(dns, with_names({{NameForm::Dns, ".example.com", {}}})) == 1);
  CHECK(errors(uri, with_names({{NameForm::Uri, "https://[::1]/", {}}})) == 1);
}

TEST_CASE("a wildcard is refused if a name that it stands for is excluded") {
  NameConstraints constraints;
  constraints.excluded = {{NameForm::Dns, "www.example.com", {}}};
  CHECK(errors(constraints, with_names({{NameForm::Dns, "*.example.com", {}}})) == 1);
  CHECK(errors(constraints, with_names({{NameForm::Dns, "*.example.org", {}}})) == 0);
}

TEST_CASE("names of a form that nobody can judge are refused where that form is constrained") {
  NameConstraints constraints;
  constraints.excluded = {{NameForm::Other, "x", {}}};
  CHECK(errors(constraints, with_names({{NameForm::Other, "y", {}}})) == 1);
  CHECK(errors(constraints, with_names({{NameForm::Dns, "example.com", {}}})) == 0);
}

TEST_CASE("the subject counts as a directory name, and so does its mail address where there are no other names") {
  testing::Recipe recipe{.subject = "inside", .extensions = {}};
  const testing::Made made = testing::make(recipe, nullptr), other = testing::make({.subject = "outside"}, nullptr);
  NameConstraints constraints, mail;
  constraints.permitted = {{NameForm::Directory, {}, made.certificate.subject}};
  CHECK(errors(constraints, made.certificate) == 0);
  CHECK(errors(constraints, other.certificate) == 1);
  Certificate bare;
  bare.subject.mail_addresses = {"jo@example.com"};
  mail.excluded = {{NameForm::Mail, "example.com", {}}};
  CHECK(errors(mail, bare) == 1);
  bare.alternative_names = {{NameForm::Dns, "example.com", {}}};
  CHECK(errors(mail, bare) == 0);
}

TEST_CASE("how constraints are written is judged by itself") {
  struct Row {
    GeneralName constraint;
    bool good;
  };
  const Row rows[] = {
      {{NameForm::Dns, "example.com", {}}, true},
      {{NameForm::Dns, "", {}}, true},
      {{NameForm::Dns, ".example.com", {}}, false},
      {{NameForm::Dns, "*.example.com", {}}, false},
      {{NameForm::Mail, "a@b@c", {}}, false},
      {{NameForm::Mail, ".example.com", {}}, true},
      {{NameForm::Ip, "\x7f\0\0\1"s, {}}, false},
      {{NameForm::Ip, "\x7f\0\0\0\xff\0\xff\0"s, {}}, false},
      {{NameForm::Ip, "\x7f\0\0\0\xff\0\0\0"s, {}}, true},
      {{NameForm::Uri, "https://example.com", {}}, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.constraint.value);
    Certificate authority;
    authority.name_constraints.emplace().permitted = {row.constraint};
    Findings findings(Profile::Rfc5280);
    check_constraints_form(authority, findings);
    CHECK(findings.errors() == (row.good ? 0 : 1));
  }
  Certificate empty;
  empty.name_constraints.emplace();
  Findings findings(Profile::Rfc5280);
  check_constraints_form(empty, findings);
  CHECK(findings.all().front().rule->id == "cert.name-constraints-empty");
}

}  // namespace
}  // namespace pforte::pki
