#include "gate/public_authority.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <vector>

#include "base/testing.h"

namespace pforte::gate {

namespace {

TEST_CASE("a company CA that is closed to whoever checks has a remedy for the gate's user alone") {
  TestFolder folder;
  Config config;
  config.state_dir = folder.path();
  config.ca.key_password_file = conf::Text{folder.write("password", "secret of the CA\n"), {}};
  std::filesystem::create_directory(folder.file("ca"));
  ::chmod(folder.file("password").c_str(), 0644);
  ::chmod(folder.file("ca").c_str(), 0);
  Unprivileged::give(folder.path());
  conf::Problems problems;
  {
    Unprivileged meanwhile;
    check_authority(config, problems);
  }
  ::chmod(folder.file("ca").c_str(), 0700);
  std::vector<conf::Problem> told = problems.in_order();
  REQUIRE(told.size() == 1);
  const conf::Problem& problem = told.front();
  CHECK(problem.what.en.starts_with("the company CA cannot be opened: "));
  CHECK(problem.remedy.en.starts_with("its files have to be those of the gate's user; if "));
  CHECK(problem.remedy.de.contains(" der Benutzer des Tors: sudo chown -R --reference="));
}

}  // namespace

}  // namespace pforte::gate
