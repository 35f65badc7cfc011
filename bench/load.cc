// Loads one gate over TLS and prints what it saw as one JSON line.
//
// It talks with whoever started it, so that the gate can be looked at in between:
//   prints "ready"   connections are open and have had one answer each (Mode::Idle: nothing has happened yet)
//   reads  a line    go
//   prints {...}     the figures; all answers have come, and the connections are still open
//   reads  a line    close them and end

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "closed_loop.h"
#include "fleet.h"
#include "open_loop.h"
#include "options.h"

namespace pforte::bench {
namespace {

constexpr unsigned kOpenedAtOnce = 64;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void wait_for_a_line() {
  std::array<char, 64> line{};
  // The other side is gone: so is the reason to go on.
  if (std::fgets(line.data(), line.size(), stdin) == nullptr) std::_Exit(1);
}

std::uint32_t percentile(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// Our failures contain letters and spaces only, but OpenSSL's are not ours.
std::string quoted(std::string text) {
  std::erase_if(text, [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' '; });
  return '"' + text + '"';
}

struct Times {
  double seconds, cpu_seconds;
};

void print(Figures figures, Times times, Fleet& fleet) {
  std::ranges::sort(figures.latencies_us);
  auto text = [](auto number) { return std::to_string(number); };
  const std::vector<std::pair<const char*, std::string>> members = {
      {"requests", text(figures.requests)},
      {"errors", text(figures.errors)},
      {"first_failure", quoted(figures.first_failure)},
      {"reconnects", text(figures.reconnects)},
      {"handshakes", text(figures.handshakes)},
      {"resumed", text(figures.resumed)},
      {"open", text(std::ranges::count_if(fleet.connections(), &Connection::is_open))},
      {"seconds", text(times.seconds)},
      {"load_cpu_seconds", text(times.cpu_seconds)},
      {"p50_us", text(percentile(figures.latencies_us, 0.5))},
      {"p99_us", text(percentile(figures.latencies_us, 0.99))},
      {"p999_us", text(percentile(figures.latencies_us, 0.999))},
      {"max_us", text(percentile(figures.latencies_us, 1))},
      {"agreed", quoted(fleet.agreed())},
  };
  std::string line;
  for (const auto& [name, value] : members)
    line += (line.empty() ? "{\"" : ", \"") + std::string(name) + "\": " + value;
  std::puts((line + "}").c_str());
}

int run(const Options& options) {
  Fleet fleet(options);
  if (options.mode != Mode::Idle) {
    ask_once_each(fleet, kOpenedAtOnce);
    Figures first = fleet.take_figures();
    if (first.errors > 0) stop("while preparing: " + first.first_failure);
  }
  std::puts("ready");
  wait_for_a_line();

  Clock::time_point start = Clock::now();
  auto length = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  double cpu_before = cpu_seconds();
  if (options.mode == Mode::Idle) {
    ask_once_each(fleet, kOpenedAtOnce);
  } else if (options.mode == Mode::OpenLoop) {
    ask_on_time(fleet, options.rate, start + length);
  } else {
    ask_again_and_again(fleet, std::min(options.requests, fleet.requests_left()), start + length);
  }
  std::chrono::duration<double> taken = Clock::now() - start;
  print(fleet.take_figures(), {.seconds = taken.count(), .cpu_seconds = cpu_seconds() - cpu_before}, fleet);
  wait_for_a_line();
  return 0;
}

}  // namespace
}  // namespace pforte::bench

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  prctl(PR_SET_TIMERSLACK, 1UL);  // requests are due to the microsecond
  return pforte::bench::run(pforte::bench::read_options(count, words));
}
