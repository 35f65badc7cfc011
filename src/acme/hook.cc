#include "acme/hook.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

#include "base/descriptor.h"
#include "base/text.h"

namespace pforte::acme {
namespace {

using Moment = std::chrono::steady_clock;

constexpr std::size_t kMostWords = 4096;
constexpr std::size_t kPipe = 64UZ * 1024;  // pipe(7)

std::unexpected<Error> hook_failed(const HookCall& call, std::string_view why) {
  return fail(Kind::Unavailable, "acme.hook", cat(call.program, call.add ? " add " : " remove ", call.name, ": ", why));
}

// In a process group of its own, with signals as a program expects them: ours are blocked.
Result<pid_t> spawn_hook(const HookCall& call, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<std::string, 4> words = {call.program, call.add ? "add" : "remove", call.name, call.value};
  std::array<char*, 5> arguments = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  std::array<char*, 2> environment = {path.data(), nullptr};
  pid_t child = 0;
  int error = posix_spawn(&child, call.program.c_str(), &actions, &attributes, arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return hook_failed(call, cat("it cannot be started: ", std::generic_category().message(error)));
  return child;
}

int milliseconds_until(Moment::time_point deadline) {
  return int(std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(deadline - Moment::now()).count()));
}

// What is in a pipe that does not block, the last of it: no more than a pipe holds, since a program may write without
// end.
void drain(int output, std::string& words) {
  std::array<char, 4096> buffer;
  std::size_t taken = 0;
  for (ssize_t count = 0; taken < kPipe && (count = read(output, buffer.data(), buffer.size())) > 0;) {
    taken += std::size_t(count);
    words.append(buffer.data(), std::size_t(count));
    if (words.size() > kMostWords) words.erase(0, words.size() - kMostWords);
  }
}

// What it says until it ends; children that it leaves behind may hold its output open. None: it has not ended in time.
std::optional<std::string> listen_until_end(int output, int child, Moment::time_point deadline) {
  std::string words;
  std::array<pollfd, 2> wanted{
      {{.fd = child, .events = POLLIN, .revents = 0}, {.fd = output, .events = POLLIN, .revents = 0}}};
  for (;;) {
    int ready = poll(wanted.data(), wanted.size(), milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || Moment::now() >= deadline) return std::nullopt;
    drain(output, words);
    if (wanted[0].revents != 0) return words;
    if ((wanted[1].revents & POLLIN) == 0) wanted[1].fd = -1;  // closed: only its end is waited for
  }
}

std::string last_words(std::string_view words) {
  while (words.ends_with('\n')) words.remove_suffix(1);
  std::string line(words.substr(words.rfind('\n') + 1));
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

}  // namespace

Result<> run_hook(const HookCall& call, std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return hook_failed(call, std::generic_category().message(errno));
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  fcntl(reading.number(), F_SETFL, O_NONBLOCK);
  pid_t child = TRY(spawn_hook(call, writing.number()));
  close(writing.take());
  Descriptor watched(int(syscall(SYS_pidfd_open, child, 0)));
  std::optional<std::string> words = listen_until_end(reading.number(), watched.number(), Moment::now() + limit);
  if (!words) kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!words) return hook_failed(call, cat("it took longer than ", limit.count(), " ms"));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::string ended = WIFEXITED(status) ? cat("status ", WEXITSTATUS(status)) : cat("signal ", WTERMSIG(status));
  return hook_failed(call, cat("it ended with ", ended, ": ", last_words(*words)));
}

}  // namespace pforte::acme
