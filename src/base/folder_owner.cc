#include "base/folder_owner.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace pforte {

int give_to_owner_of_folder(const std::string& path, int descriptor) {
  if (geteuid() != 0) return 0;
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  struct stat owner{};
  if (stat(folder.empty() ? "." : folder.c_str(), &owner) != 0) return errno;
  return fchown(descriptor, owner.st_uid, owner.st_gid) == 0 ? 0 : errno;
}

}  // namespace pforte
