#include "doctor/directory_examination.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "doctor/look_aside.h"
#include "identity/ldap_connection.h"

namespace pforte::doctor {
namespace {

using identity::LdapConnection;
using identity::LdapSearch;

constexpr Check kDirectoryHolds{.id = "directory.holds", .source = "", .why = {"", ""}};
constexpr Check kDirectoryNotTrusted{
    .id = "directory.not-trusted",
    .source = "RFC 4513, 3.1.3",
    .why = {
        "the gate asks through libldap, which judges by itself, and sends no password to whom it does not trust",
        "das Tor fragt über libldap, die selbst urteilt, und sendet niemandem ein Passwort, dem es nicht vertraut"}};
constexpr Check kDirectoryNoAnswer{
    .id = "directory.no-answer",
    .source = "RFC 4511, 4.1.9",
    .why = {"nobody can sign in by this directory", "über dieses Verzeichnis kann sich niemand anmelden"}};
constexpr Check kDirectoryBindRefused{
    .id = "directory.bind-refused",
    .source = "RFC 4513, 5.1.3; RFC 4511, 4.1.9 (49)",
    .why = {"whoever signs in is searched by this account first, so that nobody can",
            "wer sich anmeldet, wird zuerst mit diesem Konto gesucht, also kann es niemand"}};
constexpr Check kDirectoryAccountBlocked{
    .id = "directory.account-blocked",
    .source = "Microsoft, LDAP wire codes of bind; draft-behera-ldap-password-policy, 6.2",
    .why = {"whoever signs in is searched by this account first, so that nobody can",
            "wer sich anmeldet, wird zuerst mit diesem Konto gesucht, also kann es niemand"}};
constexpr Check kDirectoryBaseMissing{.id = "directory.base-missing",
                                      .source = "RFC 4511, 4.1.9 (32, 10)",
                                      .why = {"below an entry that is not there nobody is found",
                                              "unter einem Eintrag, den es nicht gibt, wird niemand gefunden"}};
constexpr Check kDirectoryUnreadable{
    .id = "directory.unreadable",
    .source = "RFC 4511, 4.5.2",
    .why = {"nobody is found, so that nobody can sign in", "niemand wird gefunden, also kann sich niemand anmelden"}};
constexpr Check kDirectoryNobody{.id = "directory.nobody-found",
                                 .source = "RFC 4515",
                                 .why = {"the filter, the base or the rights of the account let nobody be found",
                                         "Filter, Basis oder Rechte des Kontos lassen niemanden finden"}};

constexpr Check kDirectoryNotTried{.id = "directory.not-tried",
                                   .source = "",
                                   .why = {"libldap reads PEM alone: of another trust store the gate makes a file",
                                           "libldap liest nur PEM: aus einem anderen Vertrauensspeicher macht das Tor "
                                           "eine Datei"}};

constexpr std::string_view kLoginBlank = "{login}";

// With anything in place of the login.
std::string filter_for_anybody(std::string filter) {
  for (std::size_t at = filter.find(kLoginBlank); at != std::string::npos; at = filter.find(kLoginBlank, at))
    filter.replace(at, kLoginBlank.size(), "*");
  return filter;
}

// Everything here blocks, and runs on the pool.
class DirectoryLook {
 public:
  DirectoryLook(const DirectoryWish& wish, std::size_t hop, bool told, Path& path)
      : config_(wish.config), server_(wish.server), hop_(hop), told_(told), path_(path) {}

  void look() {
    Result<LdapConnection> connection = LdapConnection::open({.server = server_,
                                                              .start_tls = config_.start_tls && !server_.tls,
                                                              .trust = config_.trust ? config_.trust->value : "system",
                                                              .timeout = config_.timeout});
    if (!connection) return tell_no_connection(connection.error());
    if (config_.bind_dn && config_.bind_password_file && !signs_in(*connection)) return;
    if (config_.bind_pattern || config_.base.empty()) return tell_answer(*connection);
    if (has_base(*connection, "base", config_.base) &&
        (config_.group_base.empty() || has_base(*connection, "group_base", config_.group_base)))
      find_anybody(*connection);
  }

 private:
  void tell(const Check& check, Level level, Message seen, Message remedy, std::string command) {
    path_.tell({.check = check,
                .level = level,
                .hop = hop_,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = std::move(command)});
  }

  // With the same trust, and the password asked for.
  std::string ldap_command(std::string_view tool, const std::vector<std::string>& words) const {
    std::string command;
    bool own = config_.trust && config_.trust->value != "system";
    if (own) command = cat("LDAPTLS_CACERT=", shell_word(config_.trust->value), ' ');
    command += cat(tool, " -x -H ", shell_word(server_.url()));
    if (config_.start_tls && !server_.tls) command += " -ZZ";
    if (config_.bind_dn) command += cat(" -D ", shell_word(*config_.bind_dn), " -W");
    for (const std::string& word : words) command += cat(' ', shell_word(word));
    return command;
  }

  std::string search_command(const std::string& base, const std::string& filter) const {
    return ldap_command("ldapsearch", {"-b", base, "-s", filter.empty() ? "base" : "sub", "-z", "1",
                                       filter.empty() ? "(objectClass=*)" : filter, "1.1"});
  }

  void tell_no_connection(const Error& error) {
    if (error.code() == "ldap.not-trusted") {
      // Where TLS was found wanting, that is it.
      if (told_) return;
      return tell(kDirectoryNotTrusted, Level::Error,
                  {cat("the gate's own library does not go on: ", error.text()),
                   cat("die Bibliothek des Tors macht nicht weiter: ", german_or_same(error.text()))},
                  {"compare `trust` of [ldap] with who issued the certificate; libldap wants the name in its SAN",
                   "`trust` in [ldap] mit dem Aussteller des Zertifikats vergleichen; libldap will den Namen im SAN"},
                  ldap_command("ldapwhoami", {}));
    }
    tell(kDirectoryNoAnswer, Level::Error,
         {cat("the directory does not answer as it should: ", error.text()),
          cat("das Verzeichnis antwortet nicht, wie es soll: ", german_or_same(error.text()))},
         {"look into its log at this moment", "in seinem Log zu diesem Zeitpunkt nachsehen"},
         ldap_command("ldapwhoami", {}));
  }

  bool signs_in(LdapConnection& connection) {
    const std::string& file = config_.bind_password_file->value;
    Result<Secret> password = crypto::read_password(file);
    // The configuration's check tells that.
    if (!password) return false;
    Result<> bound = connection.bind(*config_.bind_dn, *password);
    if (bound) bound = connection.am_i_somebody();
    if (bound) return true;
    const Error& why = bound.error();
    if (why.code() == "ldap.denied") {
      tell(kDirectoryAccountBlocked, Level::Error,
           {cat("the directory does not let ", *config_.bind_dn, " in: ", why.text()),
            cat("das Verzeichnis lässt ", *config_.bind_dn, " nicht herein: ", german_or_same(why.text()))},
           {"put the account in order in the directory: not disabled, not locked, with a password that does not expire",
            "das Konto im Verzeichnis in Ordnung bringen: nicht deaktiviert, nicht gesperrt, mit einem Passwort, das "
            "nicht abläuft"},
           ldap_command("ldapwhoami", {}));
    } else if (why.kind() == Kind::Denied) {
      tell(kDirectoryBindRefused, Level::Error,
           {cat("the directory refuses ", *config_.bind_dn, " with the password in ", file, ": ", why.text()),
            cat("das Verzeichnis lehnt ", *config_.bind_dn, " mit dem Passwort in ", file,
                " ab: ", german_or_same(why.text()))},
           {"correct `bind_dn` of [ldap], or the first line of that file",
            "`bind_dn` in [ldap] berichtigen, oder die erste Zeile jener Datei"},
           ldap_command("ldapwhoami", {}));
    } else {
      tell_no_connection(why);
    }
    return false;
  }

  // Whoever signs in does so by himself; only they could search.
  void tell_answer(LdapConnection& connection) {
    Result<identity::LdapFound> root = connection.search({.base = "",
                                                          .scope = LdapSearch::Scope::Entry,
                                                          .filter = "(objectClass=*)",
                                                          .attributes = {"supportedLDAPVersion"},
                                                          .most = 1});
    if (!root) return tell_no_connection(root.error());
    tell(kDirectoryHolds, Level::Ok, {"the directory answers", "das Verzeichnis antwortet"}, {}, "");
  }

  bool has_base(LdapConnection& connection, std::string_view key, const std::string& base) {
    Result<identity::LdapFound> found = connection.search(
        {.base = base, .scope = LdapSearch::Scope::Entry, .filter = "(objectClass=*)", .attributes = {}, .most = 1});
    if (found) return true;
    if (found.error().code() != "ldap.no-entry") {
      tell_unreadable(found.error(), search_command(base, ""));
      return false;
    }
    tell(kDirectoryBaseMissing, Level::Error,
         {cat("the directory has no entry ", base, ", or does not show it to this account"),
          cat("das Verzeichnis hat keinen Eintrag ", base, ", oder zeigt ihn diesem Konto nicht")},
         {cat("correct `", key, "` of [ldap]; `namingContexts` of the directory says where it begins"),
          cat("`", key, "` in [ldap] berichtigen; `namingContexts` des Verzeichnisses sagt, wo es beginnt")},
         ldap_command("ldapsearch", {"-b", "", "-s", "base", "namingContexts"}));
    return false;
  }

  void tell_unreadable(const Error& error, std::string command) {
    tell(kDirectoryUnreadable, Level::Error,
         {cat("a search fails: ", error.text()), cat("eine Suche misslingt: ", german_or_same(error.text()))},
         {"allow the account to read there; without `bind_dn` the search is anonymous, which many directories refuse",
          "dem Konto dort das Lesen erlauben; ohne `bind_dn` wird anonym gesucht, was viele Verzeichnisse ablehnen"},
         std::move(command));
  }

  void find_anybody(LdapConnection& connection) {
    std::string filter = filter_for_anybody(config_.user_filter);
    std::string command = search_command(config_.base, filter);
    Result<identity::LdapFound> found = connection.search(
        {.base = config_.base, .scope = LdapSearch::Scope::Subtree, .filter = filter, .attributes = {}, .most = 1});
    if (!found) return tell_unreadable(found.error(), std::move(command));
    if (found->entries.empty())
      return tell(
          kDirectoryNobody, Level::Warning,
          {cat("below ", config_.base, " nobody fits ", filter),
           cat("unter ", config_.base, " passt niemand zu ", filter)},
          {"correct `user_filter` or `base` of [ldap], or let the account read the entries of the people",
           "`user_filter` oder `base` in [ldap] berichtigen, oder das Konto die Einträge der Leute lesen lassen"},
          std::move(command));
    std::string as = config_.bind_dn ? cat(" as ", *config_.bind_dn) : "";
    std::string als = config_.bind_dn ? cat(" als ", *config_.bind_dn) : "";
    tell(kDirectoryHolds, Level::Ok,
         {cat("the directory answers", as, ", and finds people"),
          cat("das Verzeichnis antwortet", als, " und findet Leute")},
         {}, "");
  }

  const identity::LdapConfig& config_;
  const identity::LdapServer& server_;
  std::size_t hop_;
  bool told_;  // an error of the server stands in the path already
  Path& path_;
};

void tell_not_tried(const DirectoryWish& wish, std::size_t hop, Path& path) {
  const std::string& file = wish.config.trust->value;
  path.tell({.check = kDirectoryNotTried,
             .level = Level::Note,
             .hop = hop,
             .seen = {cat("the directory was not asked as the gate asks it: it has not made ", file, " yet"),
                      cat("das Verzeichnis wurde nicht so gefragt, wie es das Tor tut: ", file, " fehlt noch")},
             .remedy = {"start the gate once, then run the doctor again",
                        "das Tor einmal starten, danach den Doctor noch einmal"},
             .command = cat("ls -l ", shell_word(file))});
}

}  // namespace

net::Task<> examine_directory(const Setting& setting, const DirectoryWish& wish, std::size_t hop, Path& path) {
  if (!wish.has_trust) {
    tell_not_tried(wish, hop, path);
    co_return {};
  }
  bool told = path.worst_of(hop) == Level::Error;
  auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(setting.step);
  auto look = [mine = wish, hop, told, limit](Path& copy) mutable {
    mine.config.timeout = std::min(mine.config.timeout, limit);
    DirectoryLook(mine, hop, told, copy).look();
  };
  co_await look_aside(setting, path, std::move(look));
  co_return {};
}

}  // namespace pforte::doctor
