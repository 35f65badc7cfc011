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
  CHECK(remedy.en.starts_with(cat("it belongs to ", user, ":")));
  CHECK(remedy.en.ends_with(cat(", mode 40: chmod u+r '", file, "'")));
  CHECK(remedy.de.contains(", Modus 40: chmod u+r "));
}

TEST_CASE("a file that its mode lets its owner read is forbidden by something else") {
  struct stat about{};
  about.st_uid = geteuid();
  about.st_mode = S_IFREG | S_IRUSR;
  CHECK(forbidden_otherwise(about)->de.contains(" lassen "));
  about.st_mode = S_IFREG;
  CHECK(!forbidden_otherwise(about));
  about.st_mode = S_IFREG | S_IRUSR;
  ++about.st_uid;
  CHECK(!forbidden_otherwise(about));
}

TEST_CASE("whoever has no name is told by number in both languages") {
  CHECK(user_name(uid_t(4'000'000'000)) == "uid 4000000000");
}

TEST_CASE("a file of somebody else is opened to one user more, and to no group") {
  if (geteuid() != 0) return;  // whose files would not be ours
  TestFolder folder;
  std::string file = file_of_mode(folder, "key", 0600);
  Unprivileged::give(folder.path());
  Unprivileged meanwhile;
  Message remedy = remedy_for_unreadable(file);
  CHECK(remedy.en.starts_with("it belongs to root:root, mode 600; if "));
  CHECK(remedy.en.contains(cat(": sudo setfacl -m u:", user_word(geteuid()), ":r ", file, "; else check as ")));
}

TEST_CASE("a file behind a folder that may not be entered is looked for from the root of all folders on") {
  TestFolder folder;
  std::string file = file_of_mode(folder, "key", 0640);
  ::chmod(folder.path().c_str(), 0);
  Unprivileged meanwhile;
  CHECK(remedy_for_unreadable(file).en.contains(cat("`namei -l ", file, "`")));
  ::chmod(folder.path().c_str(), 0700);
}

TEST_CASE("what a caller can do about an unreadable file depends on why it is") {
  CHECK(kind_of_unreadable(ENOENT) == Kind::NotFound);
  CHECK(kind_of_unreadable(ENOTDIR) == Kind::NotFound);
  CHECK(kind_of_unreadable(EACCES) == Kind::Denied);
  CHECK(kind_of_unreadable(EISDIR) == Kind::Invalid);
  CHECK(kind_of_unreadable(ENXIO) == Kind::Invalid);
  CHECK(kind_of_unreadable(EIO) == Kind::Unavailable);
  CHECK(kind_of_unreadable(EMFILE) == Kind::Unavailable);
}

}  // namespace pforte
