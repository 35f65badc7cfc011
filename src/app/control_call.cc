#include "app/control_call.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/descriptor.h"
#include "base/text.h"

namespace pforte::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostAnswer = std::size_t{64} * 1024 * 1024;

std::unexpected<Error> unreachable(const std::string& path, int number) {
  if (number == ENOENT || number == ECONNREFUSED || number == ENOTDIR) {
    return fail(Kind::Closed, "control.no-gate", path);
  }
  if (number == EACCES || number == EPERM) return fail(Kind::Denied, "control.denied", path);
  return fail(Kind::Unavailable, "control.broken", cat(path, ": ", std::generic_category().message(number)));
}

Result<> wait_until(int descriptor, short events, Clock::time_point deadline) {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return fail(Kind::Timeout, "control.timeout", "the gate does not answer in time");
    pollfd wanted{.fd = descriptor, .events = events, .revents = 0};
    int ready = poll(&wanted, 1, int(left));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return unreachable("poll", errno);
  }
}

Result<> send_all(const std::string& path, int descriptor, std::string_view bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    TRY(wait_until(descriptor, POLLOUT, deadline));
    ssize_t count = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) return unreachable(path, errno);
    if (count > 0) bytes.remove_prefix(std::size_t(count));
  }
  return {};
}

Result<std::string> receive_all(const std::string& path, int descriptor, Clock::time_point deadline) {
  std::string all;
  std::array<char, 16384> buffer;
  while (all.size() < kMostAnswer) {
    TRY(wait_until(descriptor, POLLIN, deadline));
    ssize_t count = recv(descriptor, buffer.data(), buffer.size(), 0);
    if (count == 0) return all;
    if (count < 0 && errno != EAGAIN) return unreachable(path, errno);
    if (count > 0) all.append(buffer.data(), std::size_t(count));
  }
  return fail(Kind::Unavailable, "control.broken", cat(path, ": the answer does not end"));
}

// The gate frames its answers by length, and closes as it was asked to.
Result<ControlAnswer> read_answer(const std::string& path, std::string_view all) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  std::size_t end = all.find("\r\n\r\n");
  ControlAnswer answer;
  if (all.starts_with(kVersion) && end != std::string_view::npos) {
    all.remove_prefix(kVersion.size());
    std::from_chars(all.data(), all.data() + all.size(), answer.status);
    answer.body = all.substr(end - kVersion.size() + 4);
  }
  if (answer.status != 0) return answer;
  return fail(Kind::Unavailable, "control.broken", cat(path, ": what answers is no gate"));
}

}  // namespace

Result<int> connect_gate(const std::string& socket_path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof name.sun_path) return unreachable(socket_path, ENOENT);
  socket_path.copy(name.sun_path, socket_path.size());

  Descriptor gate(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (gate.number() < 0) return unreachable(socket_path, errno);
  if (connect(gate.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    if (errno == EAGAIN) return fail(Kind::Timeout, "control.timeout", "the gate does not answer in time");
    return unreachable(socket_path, errno);
  }
  return gate.take();
}

Result<ControlAnswer> call_gate(const std::string& socket_path, std::string_view method, std::string_view path,
                                std::chrono::milliseconds limit) {
  Descriptor gate(TRY(connect_gate(socket_path)));
  Clock::time_point deadline = Clock::now() + limit;
  std::string request = cat(method, ' ', path, " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n",
                            "Content-Length: 0\r\nConnection: close\r\n\r\n");
  TRY(send_all(socket_path, gate.number(), request, deadline));
  std::string all = TRY(receive_all(socket_path, gate.number(), deadline));
  return read_answer(socket_path, all);
}

}  // namespace pforte::app
