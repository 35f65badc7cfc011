#include "net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/text.h"
#include "net/address.h"

namespace pforte::net {

namespace {

std::string system_text(int number) {
  return std::generic_category().message(number);
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

// recv(), send(), sendmsg() of the C library are points where a thread may be cancelled, which costs two locked
// instructions each as soon as there are threads. None of ours ever is. But sanitizers look into the C library's alone.
#ifdef PFORTE_SANITIZED
constexpr bool kByLibrary = true;
#else
constexpr bool kByLibrary = false;
#endif

ssize_t receive(int descriptor, std::span<char> into, int flags) {
  if (kByLibrary) return ::recv(descriptor, into.data(), into.size(), flags);
  return syscall(SYS_recvfrom, descriptor, into.data(), into.size(), flags, nullptr, nullptr);
}

ssize_t send_bytes(int descriptor, const iovec& bytes) {
  if (kByLibrary) return ::send(descriptor, bytes.iov_base, bytes.iov_len, MSG_NOSIGNAL);
  return syscall(SYS_sendto, descriptor, bytes.iov_base, bytes.iov_len, MSG_NOSIGNAL, nullptr, 0L);
}

ssize_t send_message(int descriptor, const msghdr& message) {
  if (kByLibrary) return ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
  return syscall(SYS_sendmsg, descriptor, &message, MSG_NOSIGNAL);
}

Error timeout() {
  return Error(Kind::Timeout, "net.timeout", "nothing moved in time");
}

Error dropped() {
  return Error(Kind::Closed, "net.dropped", "the peer dropped the connection");
}

}  // namespace

Socket::Socket(Loop& loop, int descriptor, Work work)
    : loop_(loop), descriptor_(descriptor), work_(work), reading_(*this), writing_(*this) {
  if (loop.watch(descriptor_, *this)) return;
  reading_.error_number = writing_.error_number = errno;
  broken_ = true;
}

Socket::~Socket() {
  if (gone_) *gone_ = true;
  loop_.forget(*this);
  close(descriptor_);
}

Io Socket::failed(Direction& direction, int error_number) {
  direction.error_number = error_number_ = error_number;
  return {Io::Status::Failed};
}

Io Socket::try_read(std::span<char> into) {
  if (reading_.error_number != 0) return failed(reading_, reading_.error_number);
  if (!reading_.possible) return {Io::Status::Blocked};
  ssize_t count = receive(descriptor_, into, 0);
  if (count > 0) {
    // A short read means drained: what comes later is reported, except the end that may have come already.
    if (std::size_t(count) < into.size()) reading_.possible = peer_finished_;
    return {Io::Status::Moved, std::size_t(count)};
  }
  if (count == 0) {
    peer_finished_ = true;
    return {Io::Status::Finished};
  }
  if (would_block()) {
    reading_.possible = false;
    return {Io::Status::Blocked};
  }
  return failed(reading_, errno);
}

Io Socket::try_peek(std::span<char> into) {
  ssize_t count = receive(descriptor_, into, MSG_PEEK);
  if (count > 0) return {Io::Status::Moved, std::size_t(count)};
  if (count == 0) return {Io::Status::Finished};
  if (would_block()) return {Io::Status::Blocked};
  return failed(reading_, errno);
}

Io Socket::try_write(std::span<const std::string_view> pieces) {
  if (writing_.error_number != 0) return failed(writing_, writing_.error_number);
  if (!writing_.possible) return {Io::Status::Blocked};
  constexpr std::size_t kMost = 8;
  std::array<iovec, kMost> vectors;
  std::size_t used = 0;
  std::size_t wanted = 0;
  for (std::string_view piece : pieces.first(std::min(pieces.size(), kMost))) {
    if (piece.empty()) continue;
    vectors[used++] = {const_cast<char*>(piece.data()), piece.size()};
    wanted += piece.size();
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = used;
  ssize_t count = used == 1 ? send_bytes(descriptor_, vectors[0]) : send_message(descriptor_, message);
  if (count >= 0) {
    if (std::size_t(count) < wanted) writing_.possible = false;
    return {Io::Status::Moved, std::size_t(count)};
  }
  if (would_block()) {
    writing_.possible = false;
    return {Io::Status::Blocked};
  }
  return failed(writing_, errno);
}

void Socket::finish() {
  shutdown(descriptor_, SHUT_WR);
}

Address Socket::local_address() const {
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  if (getsockname(descriptor_, reinterpret_cast<sockaddr*>(&raw), &size) != 0) return {};
  return from_sockaddr(raw, size).value_or(Address());
}

Error Socket::failure() const {
  Kind kind = error_number_ == ECONNRESET || error_number_ == EPIPE ? Kind::Closed : Kind::Unavailable;
  return Error(kind, "net.socket", system_text(error_number_));
}

// Whoever waits to write has begun before, and what a peer that has gone still holds is given back at once.
bool Socket::begins(std::uint32_t events) const {
  constexpr std::uint32_t kGone = EPOLLERR | EPOLLHUP | EPOLLRDHUP;
  return work_ == Work::Begins && (events & kGone) == 0 && !((events & EPOLLOUT) != 0 && writing_.news.awaited());
}

void Socket::on_ready(std::uint32_t events) {
  bool gone = false;
  gone_ = &gone;
  bool hung_up = (events & (EPOLLERR | EPOLLHUP)) != 0;
  if (events & EPOLLRDHUP) peer_finished_ = true;
  if (hung_up) broken_ = true;
  // Reading first: what the peer said before it went is not lost in the failure to answer it.
  if ((events & (EPOLLIN | EPOLLRDHUP)) || hung_up) {
    reading_.possible = true;
    reading_.news.ring();
    if (gone) return;
  }
  if ((events & EPOLLOUT) || hung_up) {
    writing_.possible = true;
    writing_.news.ring();
    if (gone) return;
  }
  gone_ = nullptr;
  if (broken_ && told_when_broken_) std::exchange(told_when_broken_, nullptr)->fail(dropped());
}

// What has come in time is not late because its turn has not come.
void Socket::Direction::on_time() {
  if (socket.is_put_off()) return set(socket.loop_.now() + TimerWheel::kTick);
  news.fail(timeout());
}

Task<std::unique_ptr<Socket>> connect(Loop& loop, Address to, Duration limit) {
  sockaddr_storage name{};
  socklen_t size = to.to_sockaddr(name);
  int descriptor = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    co_return fail(Kind::Unavailable, "net.no-descriptor", cat("no socket to be had: ", system_text(errno)));
  }
  int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool refused = ::connect(descriptor, reinterpret_cast<sockaddr*>(&name), size) != 0 && errno != EINPROGRESS;
  int number = errno;
  auto socket = std::make_unique<Socket>(loop, descriptor);
  if (refused) co_return fail(Kind::Unavailable, "net.connect", cat(to.to_text(), ": ", system_text(number)));

  socket->write_deadline(loop.now() + limit);
  Result<> waited = co_await socket->writable().outcome();
  if (!waited) {
    co_return fail(Kind::Timeout, "net.connect-timeout", cat(to.to_text(), ": nobody answered in time"));
  }
  socklen_t number_size = sizeof number;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &number_size);
  if (number != 0) co_return fail(Kind::Unavailable, "net.connect", cat(to.to_text(), ": ", system_text(number)));
  socket->write_deadline(kNever);
  co_return socket;
}

}  // namespace pforte::net
