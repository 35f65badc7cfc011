#include "acme/strict_json.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

// An object around as many lists.
std::string nested(std::size_t lists) {
  return R"({"a":)" + std::string(lists, '[') + std::string(lists, ']') + "}";
}

TEST_CASE("an object is read unless a member is there twice") {
  CHECK(strict_object(R"({"a":{"b":1},"b":[{"b":2},{"b":3}]})"));
  CHECK(!strict_object(R"({"a":1,"a":2})"));
  CHECK(!strict_object(R"({"a":{"b":1,"b":2}})"));
  CHECK(!strict_object("[]"));
  CHECK(!strict_object("{"));
}

TEST_CASE("what is nested deeper than anything in ACME is refused") {
  CHECK(strict_object(nested(15)));
  CHECK(!strict_object(nested(16)));
  CHECK(!strict_object(nested(24'000)));
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
  CHECK(!strict_object(objects + "1" + std::string(10'000, '}')));
  CHECK(!strict_object(objects));
}

}  // namespace
}  // namespace pforte::acme
