#include "policy/preset.h"

#include <doctest/doctest.h>

#include <set>

#include "policy/path_rules.h"

namespace pforte::policy {
namespace {

TEST_CASE("cursor-crm has the fifteen context paths of the operator's document") {
  const Preset* preset = preset_named("cursor-crm");
  REQUIRE(preset != nullptr);
  CHECK(preset->version == 1);
  CHECK(preset->paths.size() == 15);
  CHECK(std::set(preset->paths.begin(), preset->paths.end()).size() == 15);
  CHECK(preset_named("cursor") == nullptr);
}

TEST_CASE("the paths of a preset are rule paths for every profile") {
  for (const Preset& preset : presets()) {
    for (std::string_view path : preset.paths) {
      CAPTURE(path);
      for (PathProfile profile : {PathProfile::Generic, PathProfile::Tomcat, PathProfile::Iis}) {
        CHECK(check_rule_path(path, profile));
      }
    }
  }
}

}  // namespace
}  // namespace pforte::policy
