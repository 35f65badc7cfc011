#include "gate/introduction.h"

#include <doctest/doctest.h>

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

}  // namespace
}  // namespace pforte::gate
