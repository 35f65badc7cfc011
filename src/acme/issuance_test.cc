#include "acme/issuance.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

TEST_CASE("a CA has names proved that were ordered, without their asterisk") {
  const std::vector<std::string> names = {"*.crm.example", "www.example"};
  CHECK(is_ordered(names, "crm.example"));
  CHECK(is_ordered(names, "WWW.example"));
  for (std::string_view name : {"", "example", "*.crm.example", "a.crm.example", "www.example.", "--delete"}) {
    CAPTURE(name);
    CHECK(!is_ordered(names, name));
  }
}

}  // namespace
}  // namespace pforte::acme
