#include "net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/text.h"

namespace pforte::net {

namespace {

// Enough for a burst of clients after a restart; the kernel lowers it to net.core.somaxconn.
constexpr int kBacklog = 4096;

// How many are accepted before others have their turn again: each may begin with a handshake.
constexpr int kAtOnce = 4;

constexpr Duration kRetry = std::chrono::milliseconds(100);
constexpr Duration kComplaintInterval = std::chrono::seconds(1);

// bind(2): each of the causes an administrator meets has a remedy of its own, and so a code.
std::string_view code_of_refusal(int number) {
  switch (number) {
    case EADDRINUSE:
      return "net.listen-taken";
    case EACCES:
      return "net.listen-denied";
    case EADDRNOTAVAIL:
      return "net.listen-elsewhere";
    default:
      return "net.listen";
  }
}

std::unexpected<Error> cannot_listen(const Address& address, int descriptor, int number) {
  if (descriptor >= 0) close(descriptor);
  return fail(Kind::Unavailable, code_of_refusal(number),
              cat("cannot listen on ", address.to_text(), ": ", std::generic_category().message(number)));
}

// `shared`: with all of this user that share it as well, which is how each worker has a socket of its own.
Result<int> bind_to(const Address& address, bool shared) {
  sockaddr_storage name{};
  socklen_t size = address.to_sockaddr(name);
  int descriptor = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return cannot_listen(address, descriptor, errno);
  int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  int off = 0;
  if (name.ss_family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&name), size) != 0) return cannot_listen(address, descriptor, errno);
  return descriptor;
}

}  // namespace

Listener::Listener(Loop& loop, int descriptor, OnAccept on_accept, OnRefused on_refused)
    : Timer(loop.timers()),
      TurnEnd(loop),
      loop_(loop),
      descriptor_(descriptor),
      on_accept_(std::move(on_accept)),
      on_refused_(std::move(on_refused)) {
  loop.watch(descriptor_, *this);
}

Listener::~Listener() {
  loop_.forget(*this);
  close(descriptor_);
}

void Listener::pause() {
  paused_ = true;
}

void Listener::resume() {
  if (!paused_) return;
  paused_ = false;
  Timer::set(loop_.now());  // what queued up meanwhile was reported already
}

// False when no more is to be had for now.
bool Listener::accept_one() {
  if (paused_) return false;
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  int descriptor = accept4(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) {
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    on_accept_(Accepted{descriptor, from_sockaddr(storage, size).value_or(Address())});
    return true;
  }
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    if (loop_.now() - last_complaint_ >= kComplaintInterval) {
      last_complaint_ = loop_.now();
      on_refused_(errno);
    }
    Timer::set(loop_.now() + kRetry);
    return false;
  }
  // Anything else befell the one connection (ECONNABORTED, EINTR): there may be a next one.
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

void Listener::accept_waiting() {
  while (accept_one()) {
  }
}

// The others have their turn in between, however many come; and however many others there are, some are accepted.
void Listener::accept_some() {
  for (int accepted = 0; accepted < kAtOnce; ++accepted) {
    if (!accept_one()) return;
  }
  ask();
}

Result<int> listen_on(const Address& address) {
  int descriptor = TRY(bind_to(address, true));
  if (listen(descriptor, kBacklog) != 0) return cannot_listen(address, descriptor, errno);
  return descriptor;
}

Result<> must_be_free(const Address& address) {
  close(TRY(bind_to(address, false)));
  return {};
}

std::uint16_t local_port(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  return from_sockaddr(storage, size).value_or(Address()).port();
}

}  // namespace pforte::net
