#include "gate/access_log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "base/testing.h"

namespace pforte::gate {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Record record_of(std::string_view path) {
  Record record;
  record.path = path;
  return record;
}

bool whole(const std::string& line) {
  return line.starts_with("{\"time\":") && line.ends_with("}");
}

template <class Holds>
bool soon(Holds holds) {
  for (int i = 0; i < 500; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

constexpr std::size_t kLines = 5000;

void write_lines(AccessLog::Lane& lane) {
  for (std::size_t n = 0; n < kLines; ++n) lane.write(record_of("/some/path"));
}

}  // namespace

TEST_CASE("lines of several threads arrive whole and all") {
  TestFolder folder;
  std::string file = folder.file("access.log");
  bool counted = false;
  {
    AccessLog log(LogFile::open(file).value());
    std::array<std::thread, 4> workers;
    for (std::thread& worker : workers) worker = std::thread(write_lines, std::ref(log.lane()));
    for (std::thread& worker : workers) worker.join();
    // 5,000 lines of 400 bytes are more than a lane holds: what the writer did not get in time is counted.
    counted = soon([&] { return lines_of(file).size() + log.lost() == workers.size() * kLines; });
  }
  CHECK(counted);
  for (const std::string& line : lines_of(file)) REQUIRE(whole(line));
}

TEST_CASE("what waits is written when the log goes") {
  TestFolder folder;
  std::string file = folder.file("access.log");
  {
    AccessLog log(LogFile::open(file).value());
    log.lane().write(record_of("/last"));
  }
  CHECK(lines_of(file).size() == 1);
}

TEST_CASE("a file that was moved away is left alone after a reload") {
  TestFolder folder;
  std::string file = folder.file("access.log");
  std::string old = folder.file("access.log.1");
  AccessLog log(LogFile::open(file).value());
  AccessLog::Lane& lane = log.lane();
  lane.write(record_of("/before"));
  REQUIRE(soon([&] { return lines_of(file).size() == 1; }));
  std::filesystem::rename(file, old);
  log.follow(LogFile::open(file).value());
  std::this_thread::sleep_for(50ms);
  lane.write(record_of("/after"));
  REQUIRE(soon([&] { return lines_of(file).size() == 1; }));
  CHECK(lines_of(file)[0].find("/after") != std::string::npos);
  CHECK(lines_of(old).size() == 1);
}

TEST_CASE("a log that is off writes nothing and loses nothing, and can be switched on") {
  TestFolder folder;
  std::string file = folder.file("access.log");
  AccessLog log(LogFile::open("off").value());
  AccessLog::Lane& lane = log.lane();
  lane.write(record_of("/unseen"));
  log.follow(LogFile::open(file).value());
  REQUIRE(soon([&] {
    lane.write(record_of("/seen"));
    return !lines_of(file).empty();
  }));
  CHECK(lines_of(file)[0].find("/seen") != std::string::npos);
  CHECK(log.lost() == 0);
}

TEST_CASE("a full disk costs lines, which are counted, and nothing else") {
  AccessLog log(LogFile::open("/dev/full").value());
  AccessLog::Lane& lane = log.lane();
  for (int i = 0; i < 100; ++i) lane.write(record_of("/x"));
  CHECK(soon([&] { return log.lost() == 100; }));
}

TEST_CASE("after a full disk the log goes on with whole lines") {
  // The kernel cuts a write that crosses the limit of a file's size, as a disk does that fills up.
  TestFolder folder;
  std::string file = folder.file("access.log");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit tight = before;
  tight.rlim_cur = 1000;
  {
    AccessLog log(LogFile::open(file).value());
    AccessLog::Lane& lane = log.lane();
    REQUIRE(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    for (int i = 0; i < 10; ++i) lane.write(record_of("/x"));
    bool lost = soon([&] { return log.lost() > 0; });
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(lost);
    for (int i = 0; i < 10; ++i) lane.write(record_of("/y"));
  }
  std::vector<std::string> lines = lines_of(file);
  CHECK(lines.size() > 10);
  for (const std::string& line : lines) CHECK(whole(line));
}

TEST_CASE("a reader that does not read costs bounded memory, and no time") {
  TestFolder folder;
  std::string pipe = folder.file("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto begin = std::chrono::steady_clock::now();
  {
    AccessLog log(LogFile::open(pipe).value());
    AccessLog::Lane& lane = log.lane();
    for (int i = 0; i < 20000; ++i) lane.write(record_of("/x"));
    CHECK(log.lost() > 0);
  }
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  close(reader);
}

TEST_CASE("a file that cannot be opened is named, with the cause") {
  Result<LogFile> file = LogFile::open("/nowhere/access.log");
  REQUIRE_FALSE(file);
  CHECK(file.error().kind() == Kind::Unavailable);
  CHECK(file.error().text().find("/nowhere/access.log") != std::string::npos);
  CHECK(file.error().text().ends_with(": No such file or directory"));
}

}  // namespace pforte::gate
