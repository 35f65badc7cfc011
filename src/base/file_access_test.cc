#include "base/file_access.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace pforte {
namespace {

class AccessFolder {
 public:
  AccessFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pforte-access-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~AccessFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name, mode_t mode) const {
    std::string path = (path_ / name).string();
    std::ofstream(path) << "x";
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string name() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a file that is missing is told from a folder, each with what to do") {
  AccessFolder folder;
  CHECK(remedy_for_unreadable(folder.name() + "/none").en == "put it there, or correct the path");
  CHECK(remedy_for_unreadable(folder.file("file", 0600) + "/below").de == "sie dort anlegen oder den Pfad berichtigen");
  CHECK(remedy_for_unreadable(folder.name()).en == "name the file in it");
}

TEST_CASE("a file that may not be read is told with whose it is, its mode, and the command that mends it") {
  if (geteuid() == 0) return;  // who may read everything
  AccessFolder folder;
  std::string file = folder.file("a key", 0040), user = user_name(geteuid());
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
