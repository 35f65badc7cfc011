#include "kerberos/delegated_tickets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/file_access.h"
#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::kerberos {
namespace {

constexpr std::string_view kName = "krb5cc_pforte_";
constexpr std::string_view kUnfinished = "new_pforte_";

Error unwritten(const std::string& file, int number) {
  return {Kind::Unavailable, "kerberos.ticket-cache",
          cat(file, " cannot be written: ", std::generic_category().message(number))};
}

Fault missing(const std::string& folder, int number) {
  std::string why = std::generic_category().message(number);
  return {"kerberos.tickets-missing",
          {cat("the folder ", folder, " cannot be used: ", why),
           cat("der Ordner ", folder, " lässt sich nicht benutzen: ", german_or_same(why))},
          {cat("install -d -o pforte -g APPLICATION -m 2750 ", shell_word(folder)),
           cat("install -d -o pforte -g ANWENDUNG -m 2750 ", shell_word(folder))}};
}

Fault exposed(const std::string& folder, const struct stat& about) {
  const std::string word = shell_word(folder);
  Message own = for_gate_user(cat("sudo chown ", user_word(::geteuid()), " ", word, " && sudo chmod g-w,o= ", word));
  std::string owner = user_name(about.st_uid);
  return {"kerberos.tickets-exposed",
          {cat("others can read or replace tickets in ", folder, ", which belongs to ", owner),
           cat("andere können Tickets in ", folder, " lesen oder austauschen; der Ordner gehört ", owner)},
          own};
}

bool is_ours(const struct stat& about) {
  uid_t user = ::geteuid();
  // Who checks as root does not know the gate's user.
  return user == 0 || about.st_uid == user || about.st_uid == 0;
}

// The application's group, if the folder is made for one.
bool is_for_its_group(const struct stat& folder) {
  constexpr mode_t kLetsIn = S_IRGRP | S_IXGRP;
  return (folder.st_mode & S_ISGID) != 0 && (folder.st_mode & kLetsIn) == kLetsIn;
}

}  // namespace

std::optional<Fault> check_ticket_folder(const std::string& folder) {
  struct stat about{};
  if (::stat(folder.c_str(), &about) != 0) return missing(folder, errno);
  if (!S_ISDIR(about.st_mode)) return missing(folder, ENOTDIR);
  if (!is_ours(about) || (about.st_mode & (S_IRWXO | S_IWGRP)) != 0) return exposed(folder, about);
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) return missing(folder, errno);
  return std::nullopt;
}

std::string DelegatedTickets::cache_of(std::string_view session) const {
  return cat("FILE:", folder_, "/", kName, session);
}

Result<> DelegatedTickets::keep(std::string_view session, const Credential& forwarded) {
  Result<> written = write(session, forwarded);
  std::scoped_lock lock(mutex_);
  failure_ = written ? std::nullopt : std::optional(written.error().text());
  return written;
}

Result<> DelegatedTickets::write(std::string_view session, const Credential& forwarded) const {
  if (std::optional<Fault> fault = check_ticket_folder(folder_))
    return fail(Kind::Unavailable, fault->code, fault->whole().en);
  struct stat about{};
  if (::stat(folder_.c_str(), &about) != 0) return std::unexpected(unwritten(folder_, errno));
  mode_t mode = is_for_its_group(about) ? S_IRUSR | S_IWUSR | S_IRGRP : S_IRUSR | S_IWUSR;
  std::string file = cat(folder_, "/", kName, session), unfinished = cat(folder_, "/", kUnfinished, session);
  Result<> written = store_forwarded(forwarded, unfinished);
  if (written && (::chmod(unfinished.c_str(), mode) != 0 || std::rename(unfinished.c_str(), file.c_str()) != 0))
    written = std::unexpected(unwritten(file, errno));
  if (!written) ::unlink(unfinished.c_str());
  return written;
}

void DelegatedTickets::remove(std::string_view session) const {
  for (std::string_view name : {kName, kUnfinished}) ::unlink(cat(folder_, "/", name, session).c_str());
}

std::vector<std::string> DelegatedTickets::sessions() const {
  std::vector<std::string> found;
  std::error_code failure;
  std::filesystem::directory_iterator files(folder_, failure), end;
  for (; !failure && files != end; files.increment(failure)) {
    std::string file = files->path().filename();
    for (std::string_view name : {kName, kUnfinished}) {
      if (file.starts_with(name)) found.push_back(file.substr(name.size()));
    }
  }
  std::ranges::sort(found);
  auto doubles = std::ranges::unique(found);
  found.erase(doubles.begin(), doubles.end());
  return found;
}

std::optional<Message> DelegatedTickets::problem() const {
  if (std::optional<Fault> fault = check_ticket_folder(folder_)) return fault->whole();
  std::scoped_lock lock(mutex_);
  if (!failure_) return std::nullopt;
  return Message{*failure_, cat("das letzte ließ sich nicht schreiben: ", german_or_same(*failure_))};
}

void check_delegated_tickets(const KerberosConfig& config, conf::Problems& problems) {
  if (!config.delegated_tickets) return;
  const auto& [folder, place] = *config.delegated_tickets;
  if (std::optional<Fault> fault = check_ticket_folder(folder)) {
    problems.warning(place, fault->code, fault->what, fault->remedy);
    return;
  }
  problems.note(place, "kerberos.delegation",
                {cat("who can read ", folder, " can act as anybody whose browser forwards a ticket"),
                 cat("wer ", folder, " lesen kann, kann als jeder handeln, dessen Browser ein Ticket weiterreicht")},
                {"let the application alone read it, and name this gate alone in the browsers' delegation policy",
                 "nur die Anwendung dort lesen lassen und in der Delegierungsrichtlinie der Browser nur dieses Tor "
                 "nennen"});
}

}  // namespace pforte::kerberos
