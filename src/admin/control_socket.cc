#include "admin/control_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/descriptor.h"
#include "base/folder_owner.h"
#include "base/text.h"

namespace pforte::admin {

namespace {

constexpr mode_t kOwnerAlone = 0600;
constexpr int kBacklog = 64;
constexpr net::Duration kRetry = std::chrono::milliseconds(100);

std::unexpected<Error> unusable(std::string_view path, int number, std::string_view remedy = {}) {
  return fail(Kind::Unavailable, "admin.control-socket",
              cat("cannot use the control socket ", path, ": ", std::generic_category().message(number), remedy));
}

std::unexpected<Error> taken(std::string_view path) {
  return fail(Kind::Unavailable, "admin.control-taken",
              cat("another gate runs with this state folder and answers at ", path));
}

Result<sockaddr_un> name_of(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) {
    return fail(Kind::Invalid, "admin.control-path",
                cat("the path of the control socket ", path, " is longer than ", sizeof name.sun_path - 1, " bytes"));
  }
  path.copy(name.sun_path, path.size());
  return name;
}

// Whether somebody listens there. Asked although we hold the lock: the lock file may have been deleted.
bool answers(const sockaddr_un& name) {
  Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int status = connect(probe.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name);
  return status == 0 || errno == EAGAIN;  // EAGAIN: its queue is full
}

Result<> take_away_stale(const sockaddr_un& name, const std::string& path) {
  struct stat found{};
  if (lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) return unusable(path, EEXIST, "; it is no socket: move it away");
  if (answers(name)) return taken(path);
  if (unlink(path.c_str()) != 0) return unusable(path, errno);
  return {};
}

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(net::Loop& loop, const std::string& path,
                                                           http::Service& service) {
  sockaddr_un name = TRY(name_of(path));
  std::string lock_path = path + ".lock";
  Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerAlone));
  if (lock.number() < 0) return unusable(lock_path, errno);
  if (int refused = give_to_owner_of_folder(lock_path, lock.number())) return unusable(lock_path, refused);
  if (flock(lock.number(), LOCK_EX | LOCK_NB) != 0) return taken(path);
  TRY(take_away_stale(name, path));

  Descriptor listening(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (listening.number() < 0) return unusable(path, errno);
  // On the descriptor, before bind: the file is never there with other rights (Linux takes the mode from here).
  bool good = fchmod(listening.number(), kOwnerAlone) == 0;
  good = good && bind(listening.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  good = good && chmod(path.c_str(), kOwnerAlone) == 0;
  good = good && listen(listening.number(), kBacklog) == 0;
  if (!good) return unusable(path, errno);
  return std::unique_ptr<ControlSocket>(new ControlSocket(loop, service, path, lock.take(), listening.take()));
}

ControlSocket::ControlSocket(net::Loop& loop, http::Service& service, std::string path, int lock, int descriptor)
    : Timer(loop.timers()),
      loop_(loop),
      path_(std::move(path)),
      lock_(lock),
      descriptor_(descriptor),
      connections_(loop, service) {
  loop_.watch(descriptor_, *this);
}

ControlSocket::~ControlSocket() {
  loop_.forget(*this);
  ::unlink(path_.c_str());  // ours: we hold the lock
  close(descriptor_);
  close(lock_);
}

void ControlSocket::accept_waiting() {
  for (;;) {
    int descriptor = accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      connections_.take(descriptor);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return Timer::set(loop_.now() + kRetry);  // no descriptor left: later
    }
  }
}

void ControlSocket::on_ready(std::uint32_t) {
  accept_waiting();
}

void ControlSocket::on_time() {
  accept_waiting();
}

}  // namespace pforte::admin
