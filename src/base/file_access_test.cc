#include "base/file_access.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/testing.h"
#include "base/text.h"

namespace pforte {
namespace {

std::string file_of_mode(const TestFolder& folder, std::string_view name, mode_t mode) {
  std::string path = folder.write(name, "x");
  ::chmod(path.c_str(), mode);
  return path;
}

// Root may read everything, and is nobody for a while.
class Unprivileged {
 public:
  Unprivileged() {
    if (geteuid() == 0) REQUIRE(seteuid(kNobody) == 0);
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  ~Unprivileged() {
    if (getuid() == 0 && seteuid(0) != 0) std::abort();
  }

  static void give(const std::string& file) {
    if (geteuid() == 0) REQUIRE(chown(file.c_str(), kNobody, kNobody) == 0);
  }

 private:
  static constexpr uid_t kNobody = 65534;
};

}  // namespace

TEST_CASE("a file that is missing is told from a folder, each with what to do") {
  TestFolder folder;
  CHECK(remedy_for_unreadable(folder.file("none")).en == "put it there, or correct the path");
  CHECK(remedy_for_unreadable(file_of_mode(folder, "file", 0600) + "/below").de ==
        "sie dort anlegen oder den Pfad berichtigen");
  CHECK(remedy_for_unreadable(folder.path()).en == "name the file in it");
}

TEST_CASE("a file that may not be read is told with whose it is, its mode, and the command that mends it") {
  TestFolder folder;
  std::string file = file_of_mode(folder, "a key", 0040);
  Unprivileged::give(folder.path());
  Unprivileged::give(file);
  Unprivileged meanwhile;
  std::string user = user_name(geteuid());
  Message remedy = remedy_for_unreadable(file);
  CHECK(remedy.en.starts_with(cat("the gate's user, here ", user, ", has to read it; it belongs to ", user, ":")));
  CHECK(remedy.en.ends_with(cat(", mode 40: chmod u+r '", file, "'")));
  CHECK(remedy.de.contains(", Modus 40: chmod u+r "));
}

TEST_CASE("what a caller can do about an unreadable file depends on why it is") {
  CHECK(kind_of_unreadable(ENOENT) == Kind::NotFound);
  CHECK(kind_of_unreadable(ENOTDIR) == Kind::NotFound);
  CHECK(kind_of_unreadable(EACCES) == Kind::Denied);
  CHECK(kind_of_unreadable(EISDIR) == Kind::Invalid);
}

}  // namespace pforte
