#include "net/signals.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "net/testing.h"

namespace pforte::net {
namespace {

TEST_CASE("a signal of the process is an event of the loop") {
  std::vector<int> numbers;
  {
    Loop loop;
    Signals signals(loop, {SIGUSR1, SIGUSR2}, [&](int number) {
      numbers.push_back(number);
      if (number == SIGUSR2) loop.stop();
    });
    loop.post([] { kill(getpid(), SIGUSR1); });
    loop.post([&loop] { loop.post([] { kill(getpid(), SIGUSR2); }); });
    loop.run();
  }
  CHECK(numbers == std::vector{SIGUSR1, SIGUSR2});
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace
}  // namespace pforte::net
