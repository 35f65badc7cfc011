#include "doctor/path.h"

#include <doctest/doctest.h>

namespace pforte::doctor {
namespace {

constexpr Check kRefusedHere{.id = "tcp.refused", .source = "", .why = {"", ""}};
constexpr Check kSlowHere{.id = "tcp.slow", .source = "", .why = {"", ""}};

Path three_hops() {
  return {"https://m365/",
          {{.name = {"client", "Client"}, .reached = true}, {.name = {"proxy", "Proxy"}}, {.name = {"m365", "m365"}}}};
}

TEST_CASE("a path is drawn with a mark at each hop that was looked at") {
  Path path = three_hops();
  CHECK(drawn(path, Language::German) == "Client → Proxy → m365");
  path.tell({.check = kSlowHere, .level = Level::Warning, .hop = 1});
  CHECK(drawn(path, Language::English) == "client → proxy ! → m365");
  path.tell({.check = kRefusedHere, .level = Level::Error, .hop = 1});
  CHECK(drawn(path, Language::English) == "client → proxy ✗ → m365");
}

TEST_CASE("findings come by hop, and on a hop the worst first") {
  Path path = three_hops();
  path.tell({.check = kRefusedHere, .level = Level::Error, .hop = 2});
  path.tell({.check = kSlowHere, .level = Level::Note, .hop = 1});
  path.tell({.check = kRefusedHere, .level = Level::Error, .hop = 1});
  auto sorted = path.in_order();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0]->level == Level::Error);
  CHECK(sorted[1]->level == Level::Note);
  CHECK(sorted[2]->hop == 2);
  CHECK(path.first_error() == sorted[0]);
}

TEST_CASE("a path on which nothing was told is well") {
  CHECK(three_hops().worst() == Level::Ok);
  CHECK(three_hops().first_error() == nullptr);
}

}  // namespace
}  // namespace pforte::doctor
