#include "kerberos/access.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/descriptor.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::kerberos {

namespace {

// Empty: there is none.
std::string known_user(uid_t user) {
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, space.data(), space.size(), &found);
  return found ? found->pw_name : "";
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

Message remedy_for_denied(const std::string& file, const std::string& user) {
  const std::string word = shell_word(file);
  return {cat("let the user ", user, " read it; `namei -l ", word, "` shows which file or folder forbids it"),
          cat("dem Benutzer ", user, " das Lesen erlauben; `namei -l ", word,
              "` zeigt, welche Datei oder welcher Ordner es verbietet")};
}

}  // namespace pforte::kerberos
