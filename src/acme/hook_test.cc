#include "acme/hook.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "crypto/random.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

// A program of one test.
class Script {
 public:
  explicit Script(std::string_view body)
      : file_(std::filesystem::temp_directory_path() / cat("pforte-hook-", crypto::random_id())) {
    std::ofstream(file_) << "#!/bin/sh\n" << body << '\n';
    chmod(file_.c_str(), 0700);
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  ~Script() { std::filesystem::remove(file_); }

  Result<> run(std::chrono::milliseconds limit = 10s) const {
    return run_hook({.program = file_, .add = true, .name = "_acme-challenge.a.example", .value = "v $(id)"}, limit);
  }

 private:
  std::filesystem::path file_;
};

TEST_CASE("a hook gets what to do, the name and the value, and little else") {
  Script script(R"([ "$#" = 3 ] && [ "$1" = add ] && [ "$2" = _acme-challenge.a.example ] && [ "$3" = 'v $(id)' ] &&
                   [ -z "$HOME" ] && ! read -r line)");
  CHECK(script.run());
}

TEST_CASE("a hook that fails is told with its last words") {
  Result<> ran = Script("echo first; echo 'no such zone' >&2; exit 3").run();
  REQUIRE(!ran);
  CHECK(ran.error().code() == "acme.hook");
  CHECK(ran.error().text().ends_with("add _acme-challenge.a.example: it ended with status 3: no such zone"));
}

TEST_CASE("a hook that takes too long is ended, and what it started with it") {
  std::filesystem::path late = std::filesystem::temp_directory_path() / cat("pforte-late-", crypto::random_id());
  Result<> ran = Script(cat("(sleep 0.4; touch ", late.string(), ") & sleep 100")).run(100ms);
  REQUIRE(!ran);
  CHECK(ran.error().text().ends_with("it took longer than 100 ms"));
  std::this_thread::sleep_for(600ms);
  CHECK(!std::filesystem::exists(late));
}

TEST_CASE("a hook that talks without end is ended") {
  auto begun = std::chrono::steady_clock::now();
  Result<> ran = Script("exec yes").run(100ms);
  REQUIRE(!ran);
  CHECK(ran.error().text().ends_with("it took longer than 100 ms"));
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("what a hook leaves running is not waited for") {
  CHECK(Script("sleep 2 & exit 0").run(1500ms));
}

TEST_CASE("a hook that is not there is told") {
  Result<> ran = run_hook({.program = "/nonexistent/hook", .add = false, .name = "n", .value = "v"}, 1s);
  REQUIRE(!ran);
  CHECK(ran.error().text().starts_with("/nonexistent/hook remove n: it cannot be started: "));
}

}  // namespace
}  // namespace pforte::acme
