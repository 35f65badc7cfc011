#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pforte::demo {

// A program, and how it is started.
struct Command {
  std::string program;                   // its name, looked up as find_program() does
  std::vector<std::string> arguments;    // behind the name
  std::vector<std::string> environment;  // "NAME=value", instead of ours of that name
  std::string input;                     // all that it reads from its standard input
  std::string log;                       // file that gets whatever it says
};

// Where a program lies: in the folders of PATH, or in those for administrators, which are in few people's PATH.
std::optional<std::string> find_program(std::string_view name);

// A program that runs beside us until its owner lets go of it. It goes at once, too, when we do, whatever ends us
// (PR_SET_PDEATHSIG); so the thread that starts it must live as long. The terminal's Ctrl-C does not reach it.
class Process {
 public:
  // Fails with Kind::NotFound (demo.missing) where there is no such program, and with Kind::Unavailable (demo.program)
  // when the system starts nothing more.
  static Result<Process> start(const Command& command);

  Process(Process&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  Process& operator=(Process&&) = delete;
  // Asks it to end, and makes it after two seconds.
  ~Process();

  // What it ended with, as shells count it; none: it still runs after that time.
  std::optional<int> wait(std::chrono::milliseconds most);

 private:
  explicit Process(pid_t id) : id_(id) {}

  pid_t id_;  // 0: it is over
};

// Runs a program to its end. Fails as Process::start() does, and with Kind::Unavailable (demo.program) when it takes
// longer than a minute or ends with another status than 0; the text has the last line that it said.
Result<> run_program(const Command& command);

// Where the last line that is not empty stands in what a program has said; empty when it has said nothing.
std::string last_line(const std::string& log);

}  // namespace pforte::demo
