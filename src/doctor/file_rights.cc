#include "doctor/file_rights.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

namespace pforte::doctor {

std::optional<std::string> changed_by_everybody(const std::string& file) {
  std::error_code failure;
  std::filesystem::path at = std::filesystem::canonical(file, failure);
  if (failure) return std::nullopt;
  for (;; at = at.parent_path()) {
    struct stat about{};
    if (::stat(at.c_str(), &about) != 0) return std::nullopt;
    bool guarded = S_ISDIR(about.st_mode) && (about.st_mode & S_ISVTX) != 0;
    if ((about.st_mode & S_IWOTH) != 0 && !guarded) return at.string();
    if (at == at.parent_path()) return std::nullopt;
  }
}

std::optional<uid_t> owner_of(const std::string& file) {
  struct stat about{};
  return ::stat(file.c_str(), &about) == 0 ? std::optional(about.st_uid) : std::nullopt;
}

}  // namespace pforte::doctor
