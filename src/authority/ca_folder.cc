#include "authority/ca_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file_replacement.h"
#include "base/text.h"

namespace pforte::authority {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot_write(const std::string& path, int number) {
  return fail(Kind::Unavailable, "file.unwritable", cat(path, ": ", std::generic_category().message(number)));
}

std::unexpected<Error> exists_already(const std::string& folder) {
  return fail(Kind::Invalid, "authority.exists", cat(folder, ": exists already and is not empty"));
}

std::string parent_of(const std::string& folder) {
  std::string parent = fs::path(folder).parent_path().string();
  return parent.empty() ? "." : parent;
}

bool is_filled(const std::string& folder) {
  std::error_code fault;
  return fs::exists(folder, fault) && !fs::is_empty(folder, fault);
}

}  // namespace

NewFolder::NewFolder(NewFolder&& other) noexcept : folder_(std::move(other.folder_)), lock_(other.lock_.take()) {}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (lock_.number() >= 0) fs::remove_all(path(), ignored);
}

Result<NewFolder> NewFolder::begin(const std::string& folder, mode_t mode) {
  std::string parent = parent_of(folder);
  int lock = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return cannot_write(parent, errno);
  NewFolder made(folder, lock);
  if (flock(lock, LOCK_EX) != 0) return cannot_write(parent, errno);
  if (is_filled(folder)) return exists_already(folder);
  std::error_code fault;
  fs::remove_all(made.path(), fault);
  if (fault) return cannot_write(made.path(), fault.value());
  if (mkdir(made.path().c_str(), mode) != 0) return cannot_write(made.path(), errno);
  return made;
}

Result<> NewFolder::commit() {
  TRY(give_to_owner_of_parent(path()));
  // Replaces an empty folder and no other.
  if (std::rename(path().c_str(), folder_.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) return exists_already(folder_);
    return cannot_write(folder_, errno);
  }
  return sync_folder_of(folder_);
}

Result<> make_private_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return cannot_write(folder, errno);
}

Result<> give_to_owner_of_parent(const std::string& folder) {
  if (geteuid() != 0) return {};
  struct stat parent{};
  if (stat(parent_of(folder).c_str(), &parent) != 0) return cannot_write(parent_of(folder), errno);
  std::error_code fault;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
    if (lchown(entry.path().c_str(), parent.st_uid, parent.st_gid) != 0) return cannot_write(entry.path(), errno);
  }
  if (fault) return cannot_write(folder, fault.value());
  if (lchown(folder.c_str(), parent.st_uid, parent.st_gid) != 0) return cannot_write(folder, errno);
  return {};
}

}  // namespace pforte::authority
