#include "base/file_access.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <vector>

#include "base/descriptor.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte {

namespace {

// Empty: there is none.
std::string known_user(uid_t user) {
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, space.data(), space.size(), &found);
  return found ? found->pw_name : "";
}

// As a word of a command, and to be read.
std::string group_word(gid_t group) {
  std::array<char, 4096> space{};
  struct group entry{};
  struct group* found = nullptr;
  getgrgid_r(group, &entry, space.data(), space.size(), &found);
  return found ? shell_word(found->gr_name) : cat(group);
}

bool is_in_group(gid_t group) {
  std::vector<gid_t> ours(std::size_t(std::max(getgroups(0, nullptr), 0)));
  if (getgroups(int(ours.size()), ours.data()) < 0) ours.clear();
  return group == getegid() || std::ranges::find(ours, group) != ours.end();
}

// What lets this process read the file: its owner stays, who may go on to change it.
std::string command_for(const std::string& word, const struct stat& about) {
  if (about.st_uid == geteuid()) return cat("chmod u+r ", word);
  std::string right = cat("sudo chmod g+r ", word);
  return is_in_group(about.st_gid) ? right : cat("sudo chgrp ", group_word(getegid()), " ", word, " && ", right);
}

std::string octal(unsigned number) {
  std::array<char, 16> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 8).ptr;
  return {digits.data(), end};
}

Message remedy_for_forbidden(const std::string& file) {
  std::string user = user_name(geteuid());
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return remedy_for_denied(file, user);
  std::string owner = cat(user_name(about.st_uid), ":", group_word(about.st_gid));
  std::string mode = octal(about.st_mode & 07777U);
  std::string command = command_for(shell_word(file), about);
  return {
      cat("the gate's user, here ", user, ", has to read it; it belongs to ", owner, ", mode ", mode, ": ", command),
      cat("der Benutzer des Tors, hier ", user, ", muss sie lesen; sie gehört ", owner, ", Modus ", mode, ": ",
          command)};
}

}  // namespace

std::string user_name(uid_t user) {
  std::string name = known_user(user);
  return name.empty() ? cat("number ", user) : name;
}

std::string user_word(uid_t user) {
  std::string name = known_user(user);
  return name.empty() ? cat(user) : shell_word(name);
}

int why_unreadable(const std::string& file) {
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.number() < 0) return errno;
  struct stat about{};
  if (::fstat(opened.number(), &about) != 0) return errno;
  if (S_ISDIR(about.st_mode)) return EISDIR;
  return S_ISREG(about.st_mode) ? 0 : EINVAL;
}

Kind kind_of_unreadable(int number) {
  if (number == ENOENT || number == ENOTDIR) return Kind::NotFound;
  return number == EACCES || number == EPERM ? Kind::Denied : Kind::Invalid;
}

Message remedy_for_denied(const std::string& file, const std::string& user) {
  const std::string word = shell_word(file);
  return {cat("let the user ", user, " read it; `namei -l ", word, "` shows which file or folder forbids it"),
          cat("dem Benutzer ", user, " das Lesen erlauben; `namei -l ", word,
              "` zeigt, welche Datei oder welcher Ordner es verbietet")};
}

Message remedy_for_unreadable(const std::string& file) {
  int why = why_unreadable(file);
  Kind kind = kind_of_unreadable(why);
  if (kind == Kind::NotFound)
    return {"put it there, or correct the path", "sie dort anlegen oder den Pfad berichtigen"};
  if (kind == Kind::Denied) return remedy_for_forbidden(file);
  if (why == EISDIR) return {"name the file in it", "die Datei darin angeben"};
  return {"see whether its disk is well, or name another file",
          "prüfen, ob der Datenträger in Ordnung ist, oder eine andere Datei angeben"};
}

}  // namespace pforte
