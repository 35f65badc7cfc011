#include "demo/folder.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace pforte::demo {

namespace {

// Programs that are being killed beside us may still write into it.
constexpr int kAttempts = 50;
constexpr useconds_t kPause = 20'000;

void remove_folder(const std::string& path) {
  for (int i = 0; i < kAttempts; ++i) {
    std::error_code why;
    std::filesystem::remove_all(path, why);
    if (!why && !std::filesystem::exists(path, why)) return;
    usleep(kPause);
  }
}

// In a process of its own: removes the folder once nobody has the other end of the pipe any more. In a session of its
// own as well, so that what a terminal does to us is not done to it.
[[noreturn]] void take_care(const std::string& path, int owned) {
  setsid();
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, standard);
  char byte = 0;
  while (read(owned, &byte, 1) < 0) continue;
  remove_folder(path);
  _exit(0);
}

}  // namespace

ThrowAwayFolder::ThrowAwayFolder() {
  std::error_code why;
  path_ = (std::filesystem::temp_directory_path(why) / "pforte-demo-XXXXXX").string();
  if (why || !mkdtemp(path_.data())) {
    path_.clear();
    return;
  }
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
  caretaker_ = fork();
  if (caretaker_ == 0) {
    close(ends[1]);
    take_care(path_, ends[0]);
  }
  close(ends[0]);
  owned_ = ends[1];
}

ThrowAwayFolder::~ThrowAwayFolder() {
  if (owned_ >= 0) close(owned_);
  if (caretaker_ > 0) waitpid(caretaker_, nullptr, 0);
  if (!path_.empty()) remove_folder(path_);
}

}  // namespace pforte::demo
