#include "doctor/tcp_attempt.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace pforte::doctor {
namespace {

Reach reach_of(int error_number) {
  switch (error_number) {
    case 0:
      return Reach::Open;
    case ECONNREFUSED:
      return Reach::Refused;
    case ETIMEDOUT:
      return Reach::NoAnswer;
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return Reach::Unreachable;
    case ENETUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return Reach::NoRoute;
    case EACCES:
    case EPERM:
      return Reach::Forbidden;
    default:
      return Reach::Other;
  }
}

tcp_info info_of(const net::Socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket.descriptor(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) info = {};
  return info;
}

}  // namespace

net::Task<TcpAttempt> attempt_tcp(net::Loop& loop, net::Address to, net::Duration limit, int segment) {
  auto begun = net::Clock::now();
  TcpAttempt attempt{.to = to};
  auto ended = [&](int error_number) {
    attempt.error_number = error_number;
    attempt.reach = reach_of(error_number);
    attempt.took = std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now() - begun);
  };
  sockaddr_storage name{};
  socklen_t size = to.to_sockaddr(name);
  int descriptor = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    ended(errno);
    co_return attempt;
  }
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (segment > 0) setsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  int number = ::connect(descriptor, reinterpret_cast<sockaddr*>(&name), size) == 0 ? 0 : errno;
  auto socket = std::make_unique<net::Socket>(loop, descriptor);
  if (number != 0 && number != EINPROGRESS) {
    ended(number);
    co_return attempt;
  }
  socket->write_deadline(net::Clock::now() + limit);
  Result<> waited = co_await socket->writable().outcome();
  socklen_t number_size = sizeof number;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &number_size);
  if (!waited && number == 0) number = ETIMEDOUT;
  ended(number);
  socket->write_deadline(net::kNever);
  if (attempt.reach == Reach::Open) attempt.socket = std::move(socket);
  co_return attempt;
}

int segment_of(const net::Socket& socket) {
  return static_cast<int>(info_of(socket).tcpi_snd_mss);
}

bool all_acknowledged(const net::Socket& socket) {
  return info_of(socket).tcpi_unacked == 0;
}

}  // namespace pforte::doctor
