#include "app/state_folder.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "app/complaint.h"
#include "base/file_access.h"
#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::app {
namespace {

std::unexpected<Error> unusable(const std::string& state_dir, std::string_view why, Kind kind = Kind::Unavailable) {
  return fail(kind, "state.unusable", cat("cannot use state_dir ", state_dir, ": ", why));
}

// Whether the kernel makes up what is there, so that access(2) grants root what mkdir(2) refuses. Source: statfs(2).
bool shows_the_kernel(const std::filesystem::path& folder) {
  constexpr auto kMadeUp =
      std::to_array<std::uint32_t>({PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                    DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC, DEVPTS_SUPER_MAGIC});
  struct statfs about{};
  if (statfs(folder.c_str(), &about) != 0) return false;
  return std::ranges::find(kMadeUp, static_cast<std::uint32_t>(about.f_type)) != kMadeUp.end();
}

Message remedy_of_folder(const std::string& state_dir, const Error& error) {
  if (error.kind() == Kind::Invalid) {
    return {"name a folder, usually /var/lib/pforte; where there is none, the gate makes it",
            "einen Ordner nennen, meist /var/lib/pforte; wo es keinen gibt, macht ihn das Tor"};
  }
  std::string command = cat("sudo install -d -o pforte -g pforte -m 750 ", shell_word(state_dir));
  if (error.kind() == Kind::Denied) {
    return {cat("make it the gate's own, whose user is usually pforte: ", command),
            cat("ihn dem Benutzer des Tors geben, meist pforte: ", command)};
  }
  if (error.kind() == Kind::NotFound) {
    return {cat("correct the path, or make it; its owner is the gate's user, usually pforte: ", command),
            cat("den Pfad berichtigen oder ihn anlegen; er gehört dem Benutzer des Tors, meist pforte: ", command)};
  }
  return remedy_of_state(state_dir, error);
}

// Where a command may not: the folder's owner may.
Message remedy_for_stranger(const std::string& state_dir) {
  struct stat about{};
  bool is_known = stat(state_dir.c_str(), &about) == 0 && about.st_uid != geteuid() && about.st_uid != 0;
  std::string user = is_known ? cat(" ", user_name(about.st_uid)) : "";
  return {cat("run this as the gate's user", user, " or as root, such as with sudo"),
          cat("als Benutzer des Tors", user, " oder als root aufrufen, etwa mit sudo")};
}

// Why there is no store: the folder's fault, if it has one.
Result<> look_at_folder(const std::string& state_dir) {
  Result<> usable = can_use_state_dir(state_dir);
  if (!usable && usable.error().kind() == Kind::Invalid) return usable;
  std::error_code unknown;
  bool is_missing = std::filesystem::status(state_dir, unknown).type() == std::filesystem::file_type::not_found;
  return is_missing ? unusable(state_dir, "there is no such folder", Kind::NotFound) : Result<>();
}

}  // namespace

Message remedy_of_state(const std::string& state_dir, const Error& error) {
  if (error.kind() == Kind::Denied && error.code() == "store.unusable") {
    std::string folder = shell_word(state_dir),
                command = cat("sudo chown --reference=", folder, " ", folder, "/pforte.db*");
    return {cat("the store belongs to somebody else than the folder: ", command),
            cat("der Speicher gehört jemand anderem als der Ordner: ", command)};
  }
  Complaint known(error);
  if (!known.remedy.en.empty()) return known.remedy;
  return {"see that state_dir exists, belongs to the gate's user and has room",
          "dafür sorgen, dass state_dir existiert, dem Benutzer des Dienstes gehört und Platz hat"};
}

Result<> make_state_dir(const gate::Config& config) {
  std::error_code failure;
  bool made = std::filesystem::create_directories(config.state_dir, failure);
  if (!failure && made) chmod(config.state_dir.c_str(), 0750);
  if (!failure) return {};
  return unusable(config.state_dir, failure.message());
}

Result<> can_use_state_dir(const std::string& state_dir) {
  std::error_code failure;
  std::filesystem::path at = std::filesystem::absolute(state_dir, failure);
  std::filesystem::file_type type = std::filesystem::status(at, failure).type();
  for (; type == std::filesystem::file_type::not_found && at.has_relative_path(); at = at.parent_path())
    type = std::filesystem::status(at.parent_path(), failure).type();
  if (type == std::filesystem::file_type::unknown || type == std::filesystem::file_type::none)
    return unusable(state_dir, failure.message());
  if (type != std::filesystem::file_type::directory)
    return unusable(state_dir, at == state_dir ? "it is no folder" : cat(at.string(), " is no folder"), Kind::Invalid);
  if (shows_the_kernel(at)) return unusable(state_dir, "the kernel keeps no files there", Kind::Invalid);
  if (access(at.c_str(), W_OK | X_OK) == 0) return {};
  Kind kind = errno == EACCES ? Kind::Denied : Kind::Unavailable;
  std::string why = std::generic_category().message(errno);
  return unusable(state_dir, at == state_dir ? why : cat(at.string(), ": ", why), kind);
}

Result<> check_state_dir(const gate::Config& config, conf::Problems& problems) {
  Result<> usable = can_use_state_dir(config.state_dir);
  if (usable) return usable;
  const Error& error = usable.error();
  problems.error(config.state_dir_place, error.code(), {error.text(), german_or_same(error.text())},
                 remedy_of_folder(config.state_dir, error));
  return usable;
}

Answer<std::unique_ptr<store::Store>> open_store(const conf::Text& state_dir) {
  auto store = store::open_sqlite(cat(state_dir.value, "/pforte.db"));
  if (store) return *std::move(store);
  Result<> folder = look_at_folder(state_dir.value);
  const Error& error = folder ? store.error() : folder.error();
  Complaint why(error);
  why.place = conf::to_text(state_dir.place);
  if (!folder) why.remedy = remedy_of_folder(state_dir.value, error);
  if (folder && error.kind() == Kind::Denied) why.remedy = remedy_for_stranger(state_dir.value);
  return std::unexpected(std::move(why));
}

std::unique_ptr<gate::Accounts> open_accounts(const gate::Config& config, conf::Problems& problems) {
  Result<> folder = make_state_dir(config);
  auto accounts = folder ? gate::Accounts::open(config.state_dir) : std::unexpected(std::move(folder).error());
  if (accounts) return *std::move(accounts);
  problems.error(config.state_dir_place, accounts.error().code(),
                 {cat("cannot keep agents and sessions: ", accounts.error().text()),
                  cat("kann Bearbeiter und Sitzungen nicht speichern: ", german_or_same(accounts.error().text()))},
                 remedy_of_state(config.state_dir, accounts.error()));
  return nullptr;
}

std::unique_ptr<CertificateWatch> open_certificates(const gate::Config& config, conf::Problems& problems) {
  Result<> folder = make_state_dir(config);
  auto watch = folder ? CertificateWatch::open(config.state_dir) : std::unexpected(std::move(folder).error());
  if (watch) return *std::move(watch);
  problems.warning(config.state_dir_place, watch.error().code(),
                   {cat("the inventory of certificates cannot be opened: ", watch.error().text()),
                    cat("der Bestand lässt sich nicht öffnen: ", german_or_same(watch.error().text()))},
                   remedy_of_state(config.state_dir, watch.error()));
  return nullptr;
}

}  // namespace pforte::app
