#include "app/capture_stream.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "app/control_call.h"
#include "base/text.h"

namespace pforte::app {
namespace {

std::unexpected<Error> broken(int number) {
  return fail(Kind::Unavailable, "control.broken", std::generic_category().message(number));
}

int hold_signals_back() {
  sigset_t held;
  sigemptyset(&held);
  for (int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, number);
  pthread_sigmask(SIG_BLOCK, &held, nullptr);
  return signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

Result<CaptureStream> CaptureStream::open(const std::string& socket_path, const std::string& target) {
  auto gate = std::make_unique<Descriptor>(TRY(connect_gate(socket_path)));
  auto signals = std::make_unique<Descriptor>(hold_signals_back());
  if (signals->number() < 0) return broken(errno);
  // HTTP/1.0: what comes ends with the connection, and is not cut into chunks.
  std::string request = cat("POST ", target, " HTTP/1.0\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  // It fits into the buffer of a new socket.
  ssize_t sent = send(gate->number(), request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != ssize_t(request.size())) return broken(sent < 0 ? errno : EMSGSIZE);
  return CaptureStream(std::move(gate), std::move(signals));
}

Result<CaptureStream::News> CaptureStream::next(std::string& into, std::chrono::milliseconds limit) {
  for (;;) {
    std::array<pollfd, 2> wanted{{{.fd = gate_->number(), .events = POLLIN, .revents = 0},
                                  {.fd = signals_->number(), .events = POLLIN, .revents = 0}}};
    int ready = poll(wanted.data(), wanted.size(), int(limit.count()));
    if (ready == 0) return fail(Kind::Timeout, "control.timeout", "the gate does not answer in time");
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return broken(errno);
    signalfd_siginfo told{};
    if (wanted[1].revents != 0 && read(signals_->number(), &told, sizeof told) > 0) return News::Signal;
    std::array<char, 65536> buffer;
    ssize_t count = recv(gate_->number(), buffer.data(), buffer.size(), 0);
    if (count == 0) return News::End;
    if (count > 0) {
      into.append(buffer.data(), std::size_t(count));
      return News::Bytes;
    }
    if (errno != EAGAIN && errno != EINTR) return broken(errno);
  }
}

}  // namespace pforte::app
