#include "net/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace pforte::net {

namespace {

int open_signals(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (int number : numbers) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

}  // namespace

Signals::Signals(Loop& loop, std::initializer_list<int> numbers, std::move_only_function<void(int)> on_signal)
    : loop_(loop), descriptor_(open_signals(numbers)), on_signal_(std::move(on_signal)) {
  loop.watch(descriptor_, *this);
}

Signals::~Signals() {
  loop_.forget(*this);
  close(descriptor_);
}

void Signals::on_ready(std::uint32_t) {
  signalfd_siginfo info;
  while (read(descriptor_, &info, sizeof info) == sizeof info) on_signal_(int(info.ssi_signo));
}

}  // namespace pforte::net
