#include "app/service_manager.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/testing.h"
#include "base/text.h"

namespace pforte::app {

TEST_CASE("the gate is started by its unit where systemd runs and has one, else by hand") {
  TestFolder folder;
  const std::string& root = folder.path();
  CHECK(start_command(root) == "pforte serve");
  std::filesystem::create_directories(cat(root, "/usr/lib/systemd/system"));
  std::ofstream(cat(root, "/usr/lib/systemd/system/pforte.service")) << "[Unit]\n";
  CHECK(start_command(root) == "pforte serve");  // as in a container
  std::filesystem::create_directories(cat(root, "/run/systemd/system"));
  CHECK(start_command(root) == "systemctl start pforte");
}

}  // namespace pforte::app
