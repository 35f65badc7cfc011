#include "base/file_access.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

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

std::string group_name(gid_t group) {
  std::array<char, 4096> space{};
  struct group entry{};
  struct group* found = nullptr;
  getgrgid_r(group, &entry, space.data(), space.size(), &found);
  return found ? found->gr_name : cat(group);
}

std::string octal(unsigned number) {
  std::array<char, 16> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 8).ptr;
  return {digits.data(), end};
}

// The file keeps its owner and its group, and nobody else learns what is in it. Whoever checks need not be the gate's
// user, who alone has to read it.
Message remedy_for_forbidden(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return remedy_for_denied(file, user_name(geteuid()));
  std::string owner = cat(user_name(about.st_uid), ":", group_name(about.st_gid), ", ");
  std::string mode = octal(about.st_mode & 07777U);
  const std::string word = shell_word(file);
  if (auto otherwise = forbidden_otherwise(about)) return *std::move(otherwise);
  if (about.st_uid == geteuid()) {
    std::string command = cat("chmod u+r ", word);
    return {cat("it belongs to ", owner, "mode ", mode, ": ", command),
            cat("sie gehört ", owner, "Modus ", mode, ": ", command)};
  }
  std::string command = cat("sudo setfacl -m u:", user_word(geteuid()), ":r ", word);
  Message rest = for_gate_user(command);
  return {cat("it belongs to ", owner, "mode ", mode, "; ", rest.en),
          cat("sie gehört ", owner, "Modus ", mode, "; ", rest.de)};
}

}  // namespace

std::string user_name(uid_t user) {
  std::string name = known_user(user);
  return name.empty() ? cat("uid ", user) : name;
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
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Kind::NotFound;
    case EACCES:
    case EPERM:
      return Kind::Denied;
    case EISDIR:
    case EINVAL:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:  // a socket
    case ENODEV:
      return Kind::Invalid;
    default:
      return Kind::Unavailable;
  }
}

Message remedy_for_denied(const std::string& file, const std::string& user) {
  const std::string word = shell_word(file);
  return {cat("let the user ", user, " read it; `namei -l ", word, "` shows which file or folder forbids it"),
          cat("dem Benutzer ", user, " das Lesen erlauben; `namei -l ", word,
              "` zeigt, welche Datei oder welcher Ordner es verbietet")};
}

std::optional<Message> forbidden_otherwise(const struct stat& about) {
  if (about.st_uid != geteuid() || (about.st_mode & S_IRUSR) == 0) return std::nullopt;
  std::string user = user_name(about.st_uid);
  std::string owned = cat(user, ":", group_name(about.st_gid), ", ", octal(about.st_mode & 07777U));
  return Message{cat("its owner and mode (", owned, ") let ", user,
                     " read it, so something else forbids it, such as AppArmor: see `journalctl -k`"),
                 cat("Besitzer und Modus (", owned, ") lassen ", user,
                     " sie lesen, also verbietet es etwas anderes, etwa AppArmor: siehe `journalctl -k`")};
}

Message for_gate_user(const std::string& command) {
  std::string user = user_name(geteuid());
  if (user == "pforte") return {command, command};
  return {
      cat("if ", user, " is the gate's user: ", command, "; else check as the one who is, such as `sudo -u pforte`"),
      cat("ist ", user, " der Benutzer des Tors: ", command, "; sonst als dieser prüfen, etwa mit `sudo -u pforte`")};
}

Message remedy_for_unreadable(const std::string& file) {
  int why = why_unreadable(file);
  Kind kind = kind_of_unreadable(why);
  if (kind == Kind::NotFound)
    return {"put it there, or correct the path", "sie dort anlegen oder den Pfad berichtigen"};
  if (kind == Kind::Denied) return remedy_for_forbidden(file);
  if (why == 0) return {"it can be read by now: try again", "sie ist inzwischen lesbar: noch einmal versuchen"};
  if (why == EISDIR) return {"name the file in it", "die Datei darin angeben"};
  return {"see whether its disk is well, or name another file",
          "prüfen, ob der Datenträger in Ordnung ist, oder eine andere Datei angeben"};
}

}  // namespace pforte
