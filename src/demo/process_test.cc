#include "demo/process.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "demo/folder.h"

namespace pforte::demo {
namespace {

using namespace std::chrono_literals;

// The process whose number a program has written to `file`, once it has.
pid_t number_in(const std::string& file) {
  for (;;) {
    std::ifstream in(file);
    pid_t number = 0;
    if (in >> number) return number;
    usleep(1000);
  }
}

bool runs(pid_t number) {
  return kill(number, 0) == 0;
}

TEST_CASE("a program reads its input, has its environment, and what it says is kept") {
  ThrowAwayFolder folder;
  std::string log = folder.path() + "/log";
  Command command{.program = "sh",
                  .arguments = {"-c", "read line; echo \"$line $GREETED $HOME\"; echo; echo to the end >&2"},
                  .environment = {"GREETED=world", "HOME=/nowhere"},
                  .input = "hello\n",
                  .log = log};
  REQUIRE(run_program(command));
  std::ifstream in(log);
  std::string first;
  std::getline(in, first);
  CHECK(first == "hello world /nowhere");
  CHECK(last_line(log) == "to the end");
}

TEST_CASE("a program that does not do its work says why") {
  ThrowAwayFolder folder;
  std::string log = folder.path() + "/log";
  Result<> got = run_program({"sh", {"-c", "echo no room; exit 3"}, {}, {}, log});
  REQUIRE(!got);
  CHECK(got.error().kind() == Kind::Unavailable);
  CHECK(got.error().text() == "sh ended with status 3: no room");

  got = run_program({"no-such-program-at-all", {}, {}, {}, log});
  REQUIRE(!got);
  CHECK(got.error().kind() == Kind::NotFound);
  CHECK(got.error().text() == "no-such-program-at-all is not installed");
}

TEST_CASE("programs for administrators are found by everybody") {
  // NOLINTBEGIN(concurrency-mt-unsafe): there is no other thread
  std::string path = getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  CHECK(find_program("ldconfig") == "/usr/sbin/ldconfig");
  CHECK(!find_program("no-such-program-at-all"));
  setenv("PATH", path.c_str(), 1);
  // NOLINTEND(concurrency-mt-unsafe)
}

TEST_CASE("a process ends with its owner, even one that does not want to hear of it") {
  ThrowAwayFolder folder;
  std::string file = folder.path() + "/number";
  for (std::string_view deaf : {"", "trap '' TERM;"}) {
    CAPTURE(deaf);
    std::filesystem::remove(file);
    pid_t number = 0;
    {
      auto process = Process::start(
          {"sh", {"-c", cat(deaf, "echo $$ >", file, "; exec sleep 60")}, {}, {}, folder.path() + "/log"});
      REQUIRE(process);
      CHECK(!process->wait(0ms));
      number = number_in(file);
      CHECK(runs(number));
    }
    CHECK(!runs(number));
  }
}

TEST_CASE("a process goes when we are killed") {
  ThrowAwayFolder folder;
  std::string file = folder.path() + "/number";
  Command command{"sh", {"-c", cat("echo $$ >", file, "; exec sleep 60")}, {}, {}, folder.path() + "/log"};
  pid_t owner = fork();
  REQUIRE(owner >= 0);
  if (owner == 0) {
    auto process = Process::start(command);
    pause();
    _exit(process ? 0 : 1);
  }
  pid_t number = number_in(file);
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  for (int i = 0; i < 5000 && runs(number); ++i) usleep(1000);
  CHECK(!runs(number));
}

}  // namespace
}  // namespace pforte::demo
