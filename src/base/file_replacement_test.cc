#include "base/file_replacement.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/testing.h"

namespace pforte {
namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t mode_of(const std::string& file) {
  struct stat about{};
  REQUIRE(stat(file.c_str(), &about) == 0);
  return about.st_mode & 07777;
}

TEST_CASE("a file that is replaced keeps its rights, unless others are asked for") {
  TestFolder folder;
  std::string file = folder.file("f");
  REQUIRE(replace_file(file, "first"));
  CHECK(mode_of(file) == 0644);
  chmod(file.c_str(), 0640);
  REQUIRE(replace_file(file, "second"));
  CHECK(content_of(file) == "second");
  CHECK(mode_of(file) == 0640);
  REQUIRE(replace_file(file, "third", 0600));
  CHECK(mode_of(file) == 0600);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a device or a pipe stays one and is written to; a folder is refused") {
  TestFolder folder;
  std::string pipe = folder.file("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  Descriptor reader(open(pipe.c_str(), O_RDONLY | O_NONBLOCK));
  REQUIRE(replace_file(pipe, "content"));
  std::array<char, 16> got{};
  CHECK(read(reader.number(), got.data(), got.size()) == 7);
  CHECK(fs::is_fifo(pipe));
  CHECK(replace_file("/dev/null", "content"));
  CHECK(replace_file("/dev/full", "content").error().code() == "file.unwritable");
  CHECK(fs::is_character_file("/dev/full"));
  CHECK(replace_file(folder.path(), "content").error().code() == "file.unwritable");
}

TEST_CASE("a new file takes no other's place, and goes unless it is kept") {
  TestFolder folder;
  std::string file = folder.file("key");
  REQUIRE(NewFile::write(file, "first", 0600));
  CHECK(!fs::exists(file));
  {
    NewFile made = NewFile::write(file, "second", 0600).value();
    CHECK(NewFile::write(file, "third", 0600).error().code() == "file.exists");
    made.keep();
  }
  CHECK(content_of(file) == "second");
  CHECK(mode_of(file) == 0600);
  CHECK(NewFile::write(folder.file("none/key"), "", 0600).error().code() == "file.unwritable");
}

TEST_CASE("a link stays one, and the file that it leads to is replaced") {
  TestFolder folder;
  REQUIRE(replace_file(folder.file("real"), "old"));
  fs::create_symlink("real", folder.file("link"));
  REQUIRE(replace_file(folder.file("link"), "new"));
  CHECK(fs::is_symlink(folder.file("link")));
  CHECK(content_of(folder.file("real")) == "new");
}

TEST_CASE("what cannot be written is told, and leaves nothing behind") {
  TestFolder folder;
  auto written = replace_file(folder.file("none/f"), "x");
  REQUIRE(!written);
  CHECK(written.error().code() == "file.unwritable");
  fs::create_directory(folder.file("folder"));
  fs::create_directory(folder.file("folder/full"));
  CHECK(!replace_file(folder.file("folder"), "x"));
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("who changes a file loses no change of another") {
  TestFolder folder;
  std::string file = folder.file("f");
  REQUIRE(replace_file(file, ""));
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    for (int round = 0; round < 25; ++round) {
      auto replacement = FileReplacement::begin(file);
      if (!replacement || !replacement->commit(content_of(file) + "x")) _exit(1);
    }
    _exit(0);
  }
  for (pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(content_of(file).size() == 100);
}

TEST_CASE("a replacement that is given up leaves nothing behind") {
  TestFolder folder;
  {
    REQUIRE(FileReplacement::begin(folder.file("f")));
  }
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("whoever is killed at any moment leaves the old content or the new") {
  TestFolder folder;
  std::string file = folder.file("f"), a(300'000, 'a'), b(400'000, 'b');
  REQUIRE(replace_file(file, a));
  for (int round = 0; round < 40; ++round) {
    pid_t child = fork();
    if (child == 0) {
      for (;;) {
        if (!replace_file(file, b) || !replace_file(file, a)) _exit(1);
      }
    }
    usleep(useconds_t(200 + 137 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    std::string found = content_of(file);
    CHECK((found == a || found == b));
  }
}

}  // namespace
}  // namespace pforte
