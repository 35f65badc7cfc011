#include "demo/folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace pforte::demo {
namespace {

TEST_CASE("a throw-away folder is ours alone, and goes with everything in it") {
  std::string path;
  {
    ThrowAwayFolder folder;
    path = folder.path();
    REQUIRE(!path.empty());
    std::filesystem::create_directories(path + "/a/b");
    std::ofstream(path + "/a/b/file") << "x";
    struct stat seen{};
    REQUIRE(stat(path.c_str(), &seen) == 0);
    CHECK((seen.st_mode & 0777) == 0700);
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a throw-away folder goes when we are killed") {
  std::array<int, 2> told{};
  REQUIRE(pipe(told.data()) == 0);
  pid_t owner = fork();
  REQUIRE(owner >= 0);
  if (owner == 0) {
    ThrowAwayFolder folder;
    std::ofstream(folder.path() + "/file") << "x";
    bool good = write(told[1], folder.path().data(), folder.path().size()) > 0;
    pause();
    _exit(good ? 0 : 1);
  }
  std::string path(4096, '\0');
  ssize_t size = read(told[0], path.data(), path.size());
  path.resize(size > 0 ? std::size_t(size) : 0);
  REQUIRE(std::filesystem::exists(path));
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  for (int i = 0; i < 5000 && std::filesystem::exists(path); ++i) usleep(1000);
  CHECK(!std::filesystem::exists(path));
  close(told[0]);
  close(told[1]);
}

}  // namespace
}  // namespace pforte::demo
