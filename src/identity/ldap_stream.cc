#include "identity/ldap_stream.h"

#include <ldap.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace pforte::identity {
namespace {

using Clock = std::chrono::steady_clock;

// What a server may say to one request. A person's entry, or the names of its groups, is far smaller.
constexpr ber_len_t kLargestAnswer = 8UL << 20;

struct Bounds {
  Clock::time_point until;
  std::chrono::milliseconds timeout{};
  ber_len_t bytes_left = 0;
};

// Waits until the socket is ready; otherwise errno says why not.
bool await(Sockbuf_IO_Desc* io, int& fd, short events) {
  const auto* bounds = static_cast<const Bounds*>(io->sbiod_pvt);
  if (ber_sockbuf_ctrl(io->sbiod_sb, LBER_SB_OPT_GET_FD, &fd) != 1) {
    errno = EBADF;
    return false;
  }
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(bounds->until - Clock::now()).count();
    pollfd wanted{.fd = fd, .events = events, .revents = 0};
    int ready = poll(&wanted, 1, int(std::clamp<long>(left, 0, 3'600'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) errno = ETIMEDOUT;
    return false;
  }
}

ber_slen_t read_some(Sockbuf_IO_Desc* io, void* buffer, ber_len_t size) {
  auto* bounds = static_cast<Bounds*>(io->sbiod_pvt);
  if (bounds->bytes_left == 0) {
    errno = EMSGSIZE;
    return -1;
  }
  int fd = -1;
  if (!await(io, fd, POLLIN)) return -1;
  ber_slen_t got = recv(fd, buffer, std::min(size, bounds->bytes_left), 0);
  if (got > 0) bounds->bytes_left -= ber_len_t(got);
  return got;
}

ber_slen_t write_some(Sockbuf_IO_Desc* io, void* buffer, ber_len_t size) {
  int fd = -1;
  return await(io, fd, POLLOUT) ? send(fd, buffer, size, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;
}

int set_up(Sockbuf_IO_Desc* io, void* bounds) {
  io->sbiod_pvt = bounds;
  return 0;
}

int pass_on(Sockbuf_IO_Desc* io, int option, void* value) {
  return LBER_SBIOD_CTRL_NEXT(io, option, value);
}

int nothing(Sockbuf_IO_Desc*) {
  return 0;
}

Sockbuf_IO* layer() {
  static Sockbuf_IO io = {.sbi_setup = set_up,
                          .sbi_remove = nothing,
                          .sbi_ctrl = pass_on,
                          .sbi_read = read_some,
                          .sbi_write = write_some,
                          .sbi_close = nothing};
  return &io;
}

// Above the socket, and below TLS.
constexpr int kLevel = LBER_SBIOD_LEVEL_PROVIDER + 5;

int connected(LDAP*, Sockbuf* buffer, LDAPURLDesc*, sockaddr*, ldap_conncb* callback) {
  auto* bounds = static_cast<Bounds*>(callback->lc_arg);
  bounds->until = Clock::now() + bounds->timeout;
  ber_len_t largest = kLargestAnswer;
  ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &largest);
  ber_sockbuf_add_io(buffer, layer(), kLevel, bounds);
  return 0;
}

void disconnected(LDAP*, Sockbuf*, ldap_conncb*) {}

}  // namespace

struct LdapStream::Body {
  Bounds bounds;
  ldap_conncb callback{};
};

LdapStream::LdapStream(ldap* handle, std::chrono::milliseconds timeout) : body_(std::make_unique<Body>()) {
  body_->bounds.timeout = timeout;
  body_->callback = {.lc_add = connected, .lc_del = disconnected, .lc_arg = &body_->bounds};
  ldap_set_option(handle, LDAP_OPT_CONNECT_CB, &body_->callback);
  begin();
}

LdapStream::~LdapStream() = default;

void LdapStream::begin() {
  begin(body_->bounds.timeout);
}

void LdapStream::begin(std::chrono::milliseconds timeout) {
  body_->bounds.until = Clock::now() + timeout;
  body_->bounds.bytes_left = kLargestAnswer;
}

bool LdapStream::is_late() const {
  return Clock::now() >= body_->bounds.until;
}

}  // namespace pforte::identity
