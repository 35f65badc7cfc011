#include "net/resolver.h"

#include <doctest/doctest.h>

namespace pforte::net {
namespace {

using namespace std::string_literals;

TEST_CASE("a name with a NUL, a blank or a control character has no address") {
  for (const std::string& host :
       {"127.0.0.1\0.example"s, "2130706433\0 crm.example"s, "127.0.0.1 x"s, "127.0.0.1\n"s}) {
    CAPTURE(host);
    Result<std::vector<Address>> found = look_up(host, 80);
    REQUIRE(!found);
    CHECK(found.error().kind() == Kind::NotFound);
  }
  CHECK(look_up("127.0.0.1", 80));
}

}  // namespace
}  // namespace pforte::net
