#include "base/file_replacement.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/text.h"

namespace pforte {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr auto kPause = 20ms;

std::unexpected<Error> unwritable(const std::string& file, int number) {
  Kind kind = number == EACCES || number == EPERM || number == EROFS ? Kind::Denied : Kind::Unavailable;
  return fail(kind, "file.unwritable", cat("writing ", file, ": ", std::generic_category().message(number)));
}

// Where the name leads to, so that a link is not replaced by a file.
std::string followed(const std::string& file) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::canonical(file, error);
  return error ? file : path.string();
}

bool is_no_file(const std::string& name) {
  struct stat about{};
  return ::stat(name.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
}

enum class Found { Ours, Foreign, Gone };

// What stands under the name of a file that was opened by it. Foreign: others can read it, or have been given it.
Found look_at(int descriptor, const std::string& name) {
  struct stat opened{}, named{};
  bool same = ::fstat(descriptor, &opened) == 0 && ::lstat(name.c_str(), &named) == 0 &&
              opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
  if (!same) return Found::Gone;
  return opened.st_uid == ::geteuid() && opened.st_nlink == 1 ? Found::Ours : Found::Foreign;
}

// The descriptor of FILE.new with a lock on it. Negative: not yet, where errno is EWOULDBLOCK; else it tells why not.
int try_to_lock(const std::string& next) {
  Descriptor opened(::open(next.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (opened.number() < 0 || ::flock(opened.number(), LOCK_EX | LOCK_NB) != 0) return -1;
  // Gone: whoever had it before us has made FILE of it.
  Found found = look_at(opened.number(), next);
  if (found == Found::Ours) return opened.take();
  if (found == Found::Foreign && ::unlink(next.c_str()) != 0) return -1;
  errno = EWOULDBLOCK;
  return -1;
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content.remove_prefix(std::size_t(count));
  }
  return true;
}

bool give_to_owner(int descriptor, const struct stat& before) {
  struct stat now{};
  if (::fstat(descriptor, &now) != 0) return false;
  bool same = now.st_uid == before.st_uid && now.st_gid == before.st_gid;
  return same || ::fchown(descriptor, before.st_uid, before.st_gid) == 0;
}

}  // namespace

Result<FileReplacement> FileReplacement::begin(const std::string& name) {
  if (is_no_file(name)) {
    int descriptor = ::open(name.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return unwritable(name, errno);
    return FileReplacement(name, descriptor, true);
  }
  std::string file = followed(name);
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    int descriptor = try_to_lock(file + ".new");
    if (descriptor >= 0) return FileReplacement(std::move(file), descriptor, false);
    if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() > deadline) return unwritable(name, errno);
    std::this_thread::sleep_for(kPause);
  }
}

FileReplacement::FileReplacement(FileReplacement&& other) noexcept
    : file_(std::move(other.file_)), next_(other.next_.take()), in_place_(other.in_place_) {}

FileReplacement::~FileReplacement() {
  if (next_.number() >= 0 && !in_place_) ::unlink((file_ + ".new").c_str());
}

bool FileReplacement::write(std::string_view content, std::optional<mode_t> mode) {
  if (in_place_) return write_all(next_.number(), content);
  struct stat before{};
  bool exists = ::stat(file_.c_str(), &before) == 0;
  mode_t rights = mode.value_or(exists ? before.st_mode : mode_t(0644));
  int next = next_.number();
  return ::fchmod(next, 0600) == 0 && ::ftruncate(next, 0) == 0 && write_all(next, content) &&
         (!exists || give_to_owner(next, before)) && ::fchmod(next, rights & 07777) == 0 && ::fsync(next) == 0 &&
         ::rename((file_ + ".new").c_str(), file_.c_str()) == 0;
}

Result<> FileReplacement::commit(std::string_view content, std::optional<mode_t> mode) {
  if (!write(content, mode)) return unwritable(file_, errno);
  Descriptor done(next_.take());
  if (in_place_) return {};
  return sync_folder_of(file_);
}

Result<> replace_file(const std::string& file, std::string_view content, std::optional<mode_t> mode) {
  FileReplacement replacement = TRY(FileReplacement::begin(file));
  return replacement.commit(content, mode);
}

Result<NewFile> NewFile::write(const std::string& file, std::string_view content, mode_t mode) {
  Descriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (made.number() < 0 && errno == EEXIST) return fail(Kind::Invalid, "file.exists", cat(file, ": exists already"));
  if (made.number() < 0) return unwritable(file, errno);
  NewFile written(file);
  if (!write_all(made.number(), content) || ::fsync(made.number()) != 0) return unwritable(file, errno);
  TRY(sync_folder_of(file));
  return written;
}

NewFile::NewFile(NewFile&& other) noexcept : file_(std::exchange(other.file_, {})) {}

NewFile::~NewFile() {
  if (!file_.empty()) ::unlink(file_.c_str());
}

Result<> sync_folder_of(const std::string& file) {
  std::string folder = std::filesystem::path(file).parent_path().string();
  if (folder.empty()) folder = ".";
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A file system that cannot do it says so; there is nothing better then.
  bool good = opened.number() >= 0 && (::fsync(opened.number()) == 0 || errno == EINVAL || errno == EROFS);
  if (!good) return unwritable(folder, errno);
  return {};
}

}  // namespace pforte
