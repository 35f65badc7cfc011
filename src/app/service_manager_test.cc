#include "app/service_manager.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace pforte::app {

TEST_CASE("the gate is started by its unit where systemd runs and has one, else by hand") {
  std::string pattern = (std::filesystem::temp_directory_path() / "pforte-root-XXXXXX").string();
  std::string root = mkdtemp(pattern.data());
  CHECK(start_command(root) == "pforte serve");
  std::filesystem::create_directories(cat(root, "/usr/lib/systemd/system"));
  std::ofstream(cat(root, "/usr/lib/systemd/system/pforte.service")) << "[Unit]\n";
  CHECK(start_command(root) == "pforte serve");  // as in a container
  std::filesystem::create_directories(cat(root, "/run/systemd/system"));
  CHECK(start_command(root) == "systemctl start pforte");
  std::filesystem::remove_all(root);
}

}  // namespace pforte::app
