#include "net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
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

Error timeout() {
  return Error(Kind::Timeout, "net.timeout", "nothing moved in time");
}

Error dropped() {
  return Error(Kind::Closed, "net.dropped", "the peer dropped the connection");
}

}  // namespace

Socket::Socket(Loop& loop, int descriptor) : Timer(loop.timers()), descriptor_(descriptor), loop_(loop) {
  if (loop.watch(descriptor_, *this)) return;
  error_number_ = errno;
  broken_ = true;
}

Socket::~Socket() {
  if (gone_) *gone_ = true;
  loop_.forget(*this);
  close(descriptor_);
}

Io Socket::try_read(std::span<char> into) {
  if (error_number_ != 0) return {Io::Status::Failed};
  if (!may_read_) return {Io::Status::Blocked};
  ssize_t count = recv(descriptor_, into.data(), into.size(), 0);
  if (count > 0) {
    // A short read means drained: what comes later is reported, except the end that may have come already.
    if (std::size_t(count) < into.size()) may_read_ = peer_finished_;
    return {Io::Status::Moved, std::size_t(count)};
  }
  if (count == 0) {
    peer_finished_ = true;
    return {Io::Status::Finished};
  }
  if (would_block()) {
    may_read_ = false;
    return {Io::Status::Blocked};
  }
  error_number_ = errno;
  return {Io::Status::Failed};
}

Io Socket::try_peek(std::span<char> into) {
  ssize_t count = recv(descriptor_, into.data(), into.size(), MSG_PEEK);
  if (count > 0) return {Io::Status::Moved, std::size_t(count)};
  if (count == 0) return {Io::Status::Finished};
  if (would_block()) return {Io::Status::Blocked};
  error_number_ = errno;
  return {Io::Status::Failed};
}

Io Socket::try_write(std::span<const std::string_view> pieces) {
  if (error_number_ != 0) return {Io::Status::Failed};
  if (!may_write_) return {Io::Status::Blocked};
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
  ssize_t count = used == 1 ? send(descriptor_, vectors[0].iov_base, vectors[0].iov_len, MSG_NOSIGNAL)
                            : sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  if (count >= 0) {
    if (std::size_t(count) < wanted) may_write_ = false;
    return {Io::Status::Moved, std::size_t(count)};
  }
  if (would_block()) {
    may_write_ = false;
    return {Io::Status::Blocked};
  }
  error_number_ = errno;
  return {Io::Status::Failed};
}

void Socket::finish() {
  shutdown(descriptor_, SHUT_WR);
}

Error Socket::failure() const {
  Kind kind = error_number_ == ECONNRESET || error_number_ == EPIPE ? Kind::Closed : Kind::Unavailable;
  return Error(kind, "net.socket", system_text(error_number_));
}

void Socket::on_ready(std::uint32_t events) {
  bool gone = false;
  gone_ = &gone;
  bool hung_up = (events & (EPOLLERR | EPOLLHUP)) != 0;
  if (events & EPOLLRDHUP) peer_finished_ = true;
  if (hung_up) broken_ = true;
  if ((events & EPOLLOUT) || hung_up) {
    may_write_ = true;
    writable_.ring();
    if (gone) return;
  }
  if ((events & (EPOLLIN | EPOLLRDHUP)) || hung_up) {
    may_read_ = true;
    readable_.ring();
    if (gone) return;
  }
  gone_ = nullptr;
  if (broken_ && told_when_broken_) std::exchange(told_when_broken_, nullptr)->fail(dropped());
}

void Socket::on_time() {
  bool gone = false;
  gone_ = &gone;
  writable_.fail(timeout());
  if (gone) return;
  readable_.fail(timeout());
  if (!gone) gone_ = nullptr;
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

  socket->deadline(loop.now() + limit);
  Result<> waited = co_await outcome(wait_for(socket->writable()));
  if (!waited) {
    co_return fail(Kind::Timeout, "net.connect-timeout", cat(to.to_text(), ": nobody answered in time"));
  }
  socklen_t number_size = sizeof number;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &number_size);
  if (number != 0) co_return fail(Kind::Unavailable, "net.connect", cat(to.to_text(), ": ", system_text(number)));
  socket->deadline(kNever);
  co_return socket;
}

}  // namespace pforte::net
