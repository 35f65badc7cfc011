#include "app/secret_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/shell_word.h"
#include "base/text.h"
#include "kerberos/file_readers.h"

namespace pforte::app {
namespace {

// Files with a secret in them, but for keytabs.
std::vector<conf::Text> secret_files_of(const gate::Config& config) {
  std::vector<conf::Text> files;
  auto add = [&](const std::optional<conf::Text>& file) {
    if (file) files.push_back(*file);
  };
  for (const gate::SiteConfig& site : config.sites) {
    for (const gate::CertificateConfig& certificate : site.certificates) {
      add(certificate.key);
      add(certificate.key_password_file);
    }
  }
  for (const gate::BackendConfig& backend : config.backends) {
    add(backend.identity.basic_password_file);
    add(backend.trust_password_file);
  }
  if (config.ldap) {
    add(config.ldap->bind_password_file);
    add(config.ldap->trust_password_file);
  }
  add(config.ca.key_password_file);
  if (config.ca.acme) {
    for (const acme::ServerConfig::Customer& customer : config.ca.acme->customers) add(customer.key_file);
  }
  for (const acme::CaConfig& ca : config.acme) add(ca.eab_key_file);
  if (config.alarm.mail) add(config.alarm.mail->password_file);
  std::ranges::sort(files, {}, &conf::Text::value);
  auto doubles = std::ranges::unique(files, {}, &conf::Text::value);
  files.erase(doubles.begin(), doubles.end());
  return files;
}

bool is_roots_own(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0 || about.st_uid != 0) return false;
  kerberos::FileReaders readers = kerberos::readers_of(file, about);
  auto lets_in = [](const kerberos::FileReaders::Named& named) { return named.reads && named.id != 0; };
  return !readers.by_everybody && !(readers.by_group && readers.group != 0) &&
         std::ranges::none_of(readers.users, lets_in) && std::ranges::none_of(readers.groups, lets_in);
}

// A folder that others may not enter protects what is in it.
bool is_open_to_all(const std::string& file) {
  namespace fs = std::filesystem;
  auto lets = [](const fs::path& path, fs::perms right) {
    std::error_code unknown;
    fs::perms rights = fs::status(path, unknown).permissions();
    return !unknown && rights != fs::perms::unknown && (rights & right) != fs::perms::none;
  };
  std::error_code unknown;
  fs::path path = fs::canonical(file, unknown);
  if (unknown || !fs::is_regular_file(path, unknown) || !lets(path, fs::perms::others_read)) return false;
  while (path.has_relative_path()) {
    path = path.parent_path();
    if (!lets(path, fs::perms::others_exec)) return false;
  }
  return true;
}

void warn_of_open_files(const std::vector<conf::Text>& files, conf::Problems& problems) {
  for (const conf::Text& file : files) {
    if (!is_open_to_all(file.value)) continue;
    problems.warning(file.place, "conf.secret-readable",
                     {cat("everybody on this machine can read the secret in ", file.value),
                      cat("jeder auf diesem Rechner kann das Geheimnis in ", file.value, " lesen")},
                     {cat("chmod o= ", shell_word(file.value)), cat("chmod o= ", shell_word(file.value))});
  }
}

// Nobody but root may make a file there. Where there is no folder yet, the gate's unit makes it for its user.
bool is_roots_own_folder(const std::string& folder) {
  struct stat about{};
  if (::stat(folder.c_str(), &about) != 0 || about.st_uid != 0) return false;
  bool by_group = about.st_gid != 0 && (about.st_mode & S_IWGRP) != 0;
  return !by_group && (about.st_mode & S_IWOTH) == 0;
}

// What root alone can do, in the words of both languages.
struct RootsOwn {
  std::vector<std::string> en, de;
};

// Root reads and writes everything, the gate's user does not.
void note_roots_own_files(const gate::Config& config, std::vector<conf::Text> secrets, conf::Problems& problems) {
  std::vector<std::string> files;
  files.reserve(secrets.size());
  for (conf::Text& file : secrets) files.push_back(std::move(file.value));
  if (config.kerberos) {
    for (const kerberos::KeytabConfig& one : config.kerberos->keytabs) files.push_back(one.keytab.value);
  }
  std::erase_if(files, std::not_fn(is_roots_own));
  std::ranges::sort(files);
  auto doubles = std::ranges::unique(files);
  files.erase(doubles.begin(), doubles.end());
  RootsOwn own;
  if (!files.empty()) {
    std::size_t more = files.size() - 1;
    own.en.push_back(cat("read ", files.front(), more == 0 ? "" : cat(" and ", more, " more")));
    own.de.push_back(cat(files.front(), more == 0 ? "" : cat(" und ", more, " weitere"), " lesen"));
  }
  if (is_roots_own_folder(config.state_dir)) {
    own.en.push_back(cat("write into ", config.state_dir));
    own.de.push_back(cat("in ", config.state_dir, " schreiben"));
  }
  if (own.en.empty()) return;
  std::string command = cat("sudo -u pforte pforte check --config ", shell_word(config.file));
  problems.note({config.file, 0, 0}, "conf.checked-as-root",
                {cat("this was checked as root, and root alone can ", joined(own.en, " and ")),
                 cat("hier prüft root, und nur root kann ", joined(own.de, " und "))},
                {cat('`', command, "` tells whether the gate's user can"),
                 cat('`', command, "` sagt, ob es auch der Benutzer des Dienstes kann")});
}

}  // namespace

void judge_secret_files(const gate::Config& config, conf::Problems& problems) {
  std::vector<conf::Text> secrets = secret_files_of(config);
  warn_of_open_files(secrets, problems);
  if (::geteuid() == 0) note_roots_own_files(config, std::move(secrets), problems);
}

}  // namespace pforte::app
