#include "app/state_folder.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "app/complaint.h"
#include "app/german.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "conf/document.h"
#include "conf/reader.h"

namespace pforte::app {
namespace {

std::unexpected<Error> unusable(const gate::Config& config, std::string_view why, Kind kind = Kind::Unavailable) {
  return fail(kind, "state.unusable", cat("cannot use state_dir ", config.state_dir, ": ", why));
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

Message remedy_of_folder(const gate::Config& config, const Error& error) {
  if (error.kind() == Kind::Invalid) {
    return {"name a folder, usually /var/lib/pforte; where there is none, the gate makes it",
            "einen Ordner nennen, meist /var/lib/pforte; wo es keinen gibt, macht ihn das Tor"};
  }
  if (error.kind() != Kind::Denied) return remedy_of_state(error);
  std::string command = cat("sudo install -d -o pforte -g pforte -m 750 ", shell_word(config.state_dir));
  return {cat("make it the gate's own, whose user is usually pforte: ", command),
          cat("ihn dem Benutzer des Tors geben, meist pforte: ", command)};
}

}  // namespace

conf::Place place_of_state_dir(const std::string& file) {
  conf::Problems told_already;
  std::optional<std::string> text = conf::read_file(file, told_already);
  std::optional<conf::Table> document = text ? conf::read_document(*text, file, told_already) : std::nullopt;
  std::optional<conf::Text> named = document ? conf::Reader(*document, told_already).text("state_dir") : std::nullopt;
  return named ? named->place : conf::Place{.file = file, .line = 0, .column = 0};
}

Message remedy_of_state(const Error& error) {
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
  return unusable(config, failure.message());
}

Result<> can_use_state_dir(const gate::Config& config) {
  std::error_code failure;
  std::filesystem::path at = std::filesystem::absolute(config.state_dir, failure);
  std::filesystem::file_type type = std::filesystem::status(at, failure).type();
  for (; type == std::filesystem::file_type::not_found && at.has_relative_path(); at = at.parent_path())
    type = std::filesystem::status(at.parent_path(), failure).type();
  if (type == std::filesystem::file_type::unknown || type == std::filesystem::file_type::none)
    return unusable(config, failure.message());
  if (type != std::filesystem::file_type::directory)
    return unusable(config, at == config.state_dir ? "it is no folder" : cat(at.string(), " is no folder"),
                    Kind::Invalid);
  if (shows_the_kernel(at)) return unusable(config, "the kernel keeps no files there", Kind::Invalid);
  if (access(at.c_str(), W_OK | X_OK) == 0) return {};
  Kind kind = errno == EACCES ? Kind::Denied : Kind::Unavailable;
  std::string why = std::generic_category().message(errno);
  return unusable(config, at == config.state_dir ? why : cat(at.string(), ": ", why), kind);
}

bool check_state_dir(const gate::Config& config, conf::Problems& problems) {
  Result<> usable = can_use_state_dir(config);
  if (usable) return true;
  const Error& error = usable.error();
  problems.error(place_of_state_dir(config.file), error.code(), {error.text(), german_or_same(error.text())},
                 remedy_of_folder(config, error));
  return false;
}

std::unique_ptr<gate::Accounts> open_accounts(const gate::Config& config, conf::Problems& problems) {
  Result<> folder = make_state_dir(config);
  auto accounts = folder ? gate::Accounts::open(config.state_dir) : std::unexpected(std::move(folder).error());
  if (accounts) return *std::move(accounts);
  problems.error(place_of_state_dir(config.file), accounts.error().code(),
                 {cat("cannot keep agents and sessions: ", accounts.error().text()),
                  cat("kann Bearbeiter und Sitzungen nicht speichern: ", german_or_same(accounts.error().text()))},
                 remedy_of_state(accounts.error()));
  return nullptr;
}

std::unique_ptr<CertificateWatch> open_certificates(const gate::Config& config, conf::Problems& problems) {
  Result<> folder = make_state_dir(config);
  auto watch = folder ? CertificateWatch::open(config.state_dir) : std::unexpected(std::move(folder).error());
  if (watch) return *std::move(watch);
  problems.warning(place_of_state_dir(config.file), watch.error().code(),
                   {cat("the inventory of certificates cannot be opened: ", watch.error().text()),
                    cat("der Bestand lässt sich nicht öffnen: ", german_or_same(watch.error().text()))},
                   remedy_of_state(watch.error()));
  return nullptr;
}

}  // namespace pforte::app
