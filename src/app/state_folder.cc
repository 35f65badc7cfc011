#include "app/state_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "app/complaint.h"
#include "app/german.h"
#include "base/text.h"

namespace pforte::app {

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
  return fail(Kind::Unavailable, "state.unusable",
              cat("cannot use state_dir ", config.state_dir, ": ", failure.message()));
}

void check_state_dir(const gate::Config& config, conf::Problems& problems) {
  std::error_code unknown;
  std::filesystem::file_type type = std::filesystem::status(config.state_dir, unknown).type();
  bool usable = type == std::filesystem::file_type::directory || type == std::filesystem::file_type::not_found;
  if (usable || type == std::filesystem::file_type::none) return;
  problems.error({.file = config.file, .line = 0, .column = 0}, "state.unusable",
                 {cat("cannot use state_dir ", config.state_dir, ": it is no folder"),
                  cat("state_dir ", config.state_dir, " ist nicht benutzbar: Es ist kein Ordner")},
                 {"name a folder, usually /var/lib/pforte; where there is none, the gate makes it",
                  "einen Ordner nennen, meist /var/lib/pforte; wo es keinen gibt, macht ihn das Tor"});
}

std::unique_ptr<gate::Accounts> open_accounts(const gate::Config& config, conf::Problems& problems) {
  Result<> folder = make_state_dir(config);
  auto accounts = folder ? gate::Accounts::open(config.state_dir) : std::unexpected(std::move(folder).error());
  if (accounts) return *std::move(accounts);
  problems.error({.file = config.file, .line = 0, .column = 0}, accounts.error().code(),
                 {cat("cannot keep agents and sessions: ", accounts.error().text()),
                  cat("kann Bearbeiter und Sitzungen nicht speichern: ", german_or_same(accounts.error().text()))},
                 remedy_of_state(accounts.error()));
  return nullptr;
}

std::unique_ptr<CertificateWatch> open_certificates(const gate::Config& config, conf::Problems& problems) {
  Result<> folder = make_state_dir(config);
  auto watch = folder ? CertificateWatch::open(config.state_dir) : std::unexpected(std::move(folder).error());
  if (watch) return *std::move(watch);
  problems.warning({.file = config.file, .line = 0, .column = 0}, watch.error().code(),
                   {cat("the inventory of certificates cannot be opened: ", watch.error().text()),
                    cat("der Bestand lässt sich nicht öffnen: ", german_or_same(watch.error().text()))},
                   remedy_of_state(watch.error()));
  return nullptr;
}

}  // namespace pforte::app
