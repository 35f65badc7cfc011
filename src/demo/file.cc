#include "demo/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace pforte::demo {

Result<> write_file(const std::string& file, std::string_view content, mode_t mode) {
  int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  bool good = descriptor >= 0 && write(descriptor, content.data(), content.size()) == ssize_t(content.size());
  int why = errno;
  if (descriptor >= 0 && close(descriptor) != 0) good = false;
  if (good) return {};
  return fail(Kind::Unavailable, "demo.write", cat("writing ", file, ": ", strerrordesc_np(why)));
}

Result<> make_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) == 0) return {};
  return fail(Kind::Unavailable, "demo.write", cat("making ", folder, ": ", strerrordesc_np(errno)));
}

}  // namespace pforte::demo
