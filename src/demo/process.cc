#include "demo/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/descriptor.h"
#include "base/text.h"

namespace pforte::demo {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFoldersOfAdministrators = "/usr/local/sbin:/usr/sbin:/sbin";

std::unexpected<Error> system_refused(std::string_view deed) {
  return fail(Kind::Unavailable, "demo.program", cat(deed, ": ", strerrordesc_np(errno)));
}

// A file in memory with that content, read from its beginning.
int open_input(const std::string& content) {
  int descriptor = memfd_create("input", MFD_CLOEXEC);
  bool good = descriptor >= 0 && write(descriptor, content.data(), content.size()) == ssize_t(content.size()) &&
              lseek(descriptor, 0, SEEK_SET) == 0;
  if (good || descriptor < 0) return descriptor;
  close(descriptor);
  return -1;
}

std::vector<std::string> whole_environment(const std::vector<std::string>& own) {
  std::vector<std::string> whole = own;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view ours = *entry;
    std::string_view name = ours.substr(0, ours.find('=') + 1);
    bool replaced = std::ranges::any_of(own, [&](const std::string& one) { return one.starts_with(name); });
    if (!replaced) whole.emplace_back(ours);
  }
  return whole;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// All that the new process needs, made before it is there: it may not allocate.
struct Start {
  std::string file;
  std::vector<std::string> arguments, environment;
  Descriptor input, log;
  pid_t owner = getpid();
};

// In the new process.
[[noreturn]] void become(const Start& start, char* const* arguments, char* const* environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have gone before it could be told of.
  if (getppid() != start.owner) _exit(127);
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  dup2(start.input.number(), STDIN_FILENO);
  dup2(start.log.number(), STDOUT_FILENO);
  dup2(start.log.number(), STDERR_FILENO);
  execve(start.file.c_str(), arguments, environment);
  _exit(127);
}

}  // namespace

std::optional<std::string> find_program(std::string_view name) {
  const char* own = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nothing here sets a variable
  std::string folders = cat(own != nullptr ? own : "/usr/bin:/bin", ':', kFoldersOfAdministrators);
  for (std::string_view rest = folders; !rest.empty();) {
    std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    std::string file = cat(folder, '/', name);
    if (!folder.empty() && access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

Result<Process> Process::start(const Command& command) {
  std::optional<std::string> file = find_program(command.program);
  if (!file) return fail(Kind::NotFound, "demo.missing", cat(command.program, " is not installed"));
  Start start{.file = *file,
              .arguments = {command.program},
              .environment = whole_environment(command.environment),
              .input = Descriptor(open_input(command.input)),
              .log = Descriptor(open(command.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600))};
  if (start.input.number() < 0 || start.log.number() < 0) return system_refused(cat("starting ", command.program));
  start.arguments.insert(start.arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> arguments = pointers_to(start.arguments);
  std::vector<char*> environment = pointers_to(start.environment);
  pid_t id = fork();
  if (id == 0) become(start, arguments.data(), environment.data());
  if (id < 0) return system_refused(cat("starting ", command.program));
  return Process(id);
}

Process::~Process() {
  if (id_ == 0) return;
  kill(id_, SIGTERM);
  if (wait(2s)) return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

std::optional<int> Process::wait(std::chrono::milliseconds most) {
  if (id_ == 0) return 0;
  // glibc 2.36 declares pidfd_open() for C alone.
  Descriptor end(int(syscall(SYS_pidfd_open, id_, 0)));
  pollfd ended{.fd = end.number(), .events = POLLIN, .revents = 0};
  int status = 0;
  if (poll(&ended, 1, int(most.count())) < 0 || waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
  id_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<> run_program(const Command& command) {
  Process process = TRY(Process::start(command));
  std::optional<int> status = process.wait(1min);
  if (status == 0) return {};
  std::string said = last_line(command.log);
  std::string end = status ? cat("ended with status ", *status) : "takes too long";
  return fail(Kind::Unavailable, "demo.program", cat(command.program, " ", end, said.empty() ? "" : ": ", said));
}

std::string last_line(const std::string& log) {
  std::ifstream file(log);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace pforte::demo
