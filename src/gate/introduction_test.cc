#include "gate/introduction.h"

#include <doctest/doctest.h>

#include "gate/backend.h"
#include "http/compose.h"

namespace pforte::gate {
namespace {

using http::FieldName;

TEST_CASE("an introduction says what it was made of, and keeps it itself") {
  std::string login = "susan";
  std::string text;
  auto make = [&] {
    http::Fields said{{"Remote-User", login, FieldName::Other},
                      {"Authorization", "Basic eDp5", FieldName::Authorization}};
    return Introduction(said);
  };
  Introduction introduction = make();
  login = "XXXXX";
  http::Fields fields(introduction.fields().begin(), introduction.fields().end());
  REQUIRE(fields.size() == 2);
  CHECK(fields[0] == http::Field{"Remote-User", "susan", FieldName::Other});
  CHECK(fields[1] == http::Field{"Authorization", "Basic eDp5", FieldName::Authorization});
  http::append_fields(text, fields);
  CHECK(text == "Remote-User: susan\r\nAuthorization: Basic eDp5\r\n");
}

TEST_CASE("an introduction of nobody says nothing") {
  CHECK(Introduction({}).fields().empty());
}

std::shared_ptr<const Introduction> introduction_of(const http::Fields& said) {
  return std::make_shared<const Introduction>(said);
}

TEST_CASE("what an application was told last is told again to it alone, until it is forgotten") {
  Backend crm, mail;
  LastIntroduction last;
  CHECK(last.to(crm) == nullptr);
  auto susan = introduction_of({{"Remote-User", "susan", FieldName::Other}});
  last.keep(crm, susan);
  CHECK(last.to(crm) == susan);
  CHECK(last.to(mail) == nullptr);
  last.keep(mail, susan);
  CHECK(last.to(mail) == susan);
  CHECK(last.to(crm) == nullptr);
  last.forget();
  CHECK(last.to(mail) == nullptr);
}

TEST_CASE("what says a password is written for each request, so that it does not lie about") {
  Backend crm;
  LastIntroduction last;
  last.keep(crm, introduction_of({{"Remote-User", "susan", FieldName::Other}}));
  last.keep(crm, introduction_of({{"Authorization", "Basic eDp5", FieldName::Authorization}}));
  CHECK(last.to(crm) == nullptr);
}

}  // namespace
}  // namespace pforte::gate
