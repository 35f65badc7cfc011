#include "doctor/directory_check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "conf/problem.h"
#include "crypto/pem.h"
#include "doctor/account_check.h"
#include "doctor/krb5_lint.h"
#include "doctor/shown_command.h"
#include "doctor/spn_check.h"
#include "identity/ldap_text.h"
#include "kerberos/keytab.h"

namespace pforte::doctor {
namespace {

using kerberos::KeytabConfig;

constexpr Check kDirectorySilent{.id = "account.directory",
                                 .source = "",
                                 .why = {"whether the accounts of the services are as they should be cannot be seen",
                                         "ob die Konten der Dienste sind, wie sie sein sollen, ist nicht zu sehen"}};
constexpr Check kNoAccount{
    .id = "account.none",
    .source = "RFC 4120, 3.3.3; KDC_ERR_S_PRINCIPAL_UNKNOWN",
    .why = {"the KDC knows no such service, so browsers get no ticket for it and fall back to NTLM or the form",
            "der KDC kennt den Dienst nicht; Browser bekommen kein Ticket und weichen auf NTLM oder das Formular aus"}};
constexpr Check kOtherDirectory{
    .id = "account.other-directory",
    .source = "",
    .why = {"who has a ticket for a service has it from a KDC that knows the service, whatever this directory says",
            "wer ein Ticket für einen Dienst hat, hat es von einem KDC, das ihn kennt, was auch dieses Verzeichnis "
            "sagt"}};
constexpr Check kTwoAccounts{
    .id = "account.duplicate",
    .source = "KDC event 11; Microsoft, setspn -X",
    .why = {"the KDC gives no ticket for a name that two accounts have, since it cannot tell whose key to use",
            "für einen Namen, den zwei Konten haben, gibt der KDC kein Ticket: er weiß nicht, wessen Schlüssel gilt"}};
constexpr Check kHostsAccount{
    .id = "account.joined-host",
    .source = "MS-ADTS, sPNMappings: HTTP among those of HOST",
    .why = {"where nobody has HTTP/, the ticket is sealed with the key of the computer, which changes every 30 days",
            "hat niemand HTTP/, ist das Ticket mit dem Schlüssel des Computers versiegelt, der alle 30 Tage wechselt"}};

// Enough to see that there are two.
constexpr int kMostAccounts = 8;

std::vector<int> versions_in(const KeytabConfig& one) {
  std::vector<int> versions;
  for (const kerberos::KeytabEntry& entry : kerberos::read_keytab(one.keytab.value).entries) {
    if (entry.principal == one.principal) versions.push_back(entry.key_version);
  }
  return versions;
}

class DirectoryExamination {
 public:
  DirectoryExamination(const KerberosFacts& facts, DirectoryView& view, const std::set<std::string>& given,
                       std::size_t hop, Path& path)
      : facts_(facts), view_(view), given_(given), hop_(hop), path_(path) {}

  Result<> services() {
    for (const KeytabConfig& one : facts_.config.keytabs) {
      bool ours = one.principal.components.size() == 2 && in_realm(one.principal.realm);
      if (ours && facts_.concerns(one.principal)) TRY(service(one));
    }
    return {};
  }

 private:
  bool in_realm(const std::string& realm) const {
    std::vector<std::string> realms = facts_.realms();
    bool known = std::ranges::find(realms, view_.realm()) != realms.end();
    return !known || realm == view_.realm();
  }

  Result<std::vector<Account>> accounts_of(const std::string& name) {
    std::string filter = cat("(servicePrincipalName=", identity::escaped_for_filter(name), ")");
    identity::LdapFound found = TRY(view_.find(filter, account_attributes(), kMostAccounts));
    std::vector<Account> accounts;
    accounts.reserve(found.entries.size());
    for (const identity::LdapEntry& entry : found.entries) accounts.push_back(account_of(entry));
    return accounts;
  }

  Result<> service(const KeytabConfig& one) {
    std::string name = joined(one.principal.components, "/");
    std::vector<Account> accounts = TRY(accounts_of(name));
    if (accounts.empty()) return without_account(one, name);
    if (accounts.size() > 1) {
      duplicate(name, accounts);
      return {};
    }
    bool rc4 = std::ranges::find(facts_.config.allow_rc4, one.principal.to_text()) != facts_.config.allow_rc4.end();
    judge_account({.service = name,
                   .realm = one.principal.realm,
                   .account = accounts.front(),
                   .keytab = one.keytab.value,
                   .key_versions = versions_in(one),
                   .allows_rc4 = rc4,
                   .now = now_in_seconds()},
                  hop_, path_);
    return {};
  }

  Result<> without_account(const KeytabConfig& one, const std::string& name) {
    std::vector<Account> hosts = TRY(accounts_of(cat("HOST/", one.principal.components[1])));
    Finding finding{.check = kNoAccount, .level = Level::Error, .hop = hop_};
    finding.seen = {cat("no account has the name ", name), cat("kein Konto hat den Namen ", name)};
    finding.remedy = {"give it to the account that the keytab is of", "ihn dem Konto geben, zu dem die Keytab gehört"};
    finding.command = setspn_command(one.principal.components[1]);
    finding.evidence = {{.name = {"service", "Dienst"}, .value = one.principal.to_text()},
                        {.name = {"base", "Basis"}, .value = view_.base()}};
    if (hosts.empty() && given_.contains(one.principal.to_text())) {
      finding.check = kOtherDirectory;
      finding.level = Level::Note;
      finding.seen = {cat("no account here has the name ", name,
                          ", but the KDC gives tickets for it: this directory, or "
                          "this base, is not that of the realm"),
                      cat("hier hat kein Konto den Namen ", name,
                          ", aber das KDC gibt Tickets dafür: Dieses Verzeichnis "
                          "oder diese Basis ist nicht die des Realms")};
      finding.remedy = {"name the realm's own directory to have the accounts judged: --ldap",
                        "das Verzeichnis des Realms nennen, um die Konten beurteilen zu lassen: --ldap"};
      finding.command = "";
    }
    if (!hosts.empty()) {
      finding.check = kHostsAccount;
      finding.level = Level::Warning;
      finding.seen = {cat("no account has ", name, ", so it counts as a name of the computer ", hosts.front().name),
                      cat("kein Konto hat ", name, "; es gilt als Name des Computers ", hosts.front().name)};
    }
    path_.tell(std::move(finding));
    return {};
  }

  void duplicate(const std::string& name, const std::vector<Account>& accounts) {
    Finding finding{.check = kTwoAccounts, .level = Level::Error, .hop = hop_};
    std::string names;
    for (const Account& account : accounts) {
      names += cat(names.empty() ? "" : ", ", account.name);
      finding.evidence.push_back({.name = {"account", "Konto"}, .value = account.dn});
    }
    finding.seen = {cat(name, " is a name of several accounts: ", names),
                    cat(name, " ist ein Name mehrerer Konten: ", names)};
    finding.remedy = {"take it away from all but the account that the keytab is of",
                      "ihn allen nehmen außer dem Konto, zu dem die Keytab gehört"};
    finding.command =
        cat("setspn -D ", powershell_word(name), " ", powershell_word(accounts.back().name), "; setspn -X");
    path_.tell(std::move(finding));
  }

  const KerberosFacts& facts_;
  DirectoryView& view_;
  const std::set<std::string>& given_;
  std::size_t hop_;
  Path& path_;
};

// What a server says of itself (RFC 4512, 5.1).
struct DirectoryRoot {
  std::string base;
  bool is_windows = false;
};

// LDAP_CAP_ACTIVE_DIRECTORY_OID. Source: MS-ADTS 3.1.1.3.4.3.1.
constexpr std::string_view kActiveDirectory = "1.2.840.113556.1.4.800";

Result<DirectoryRoot> root_of(identity::LdapConnection& connection) {
  identity::LdapSearch search{.base = "",
                              .scope = identity::LdapSearch::Scope::Entry,
                              .filter = "(objectClass=*)",
                              .attributes = {"defaultNamingContext", "namingContexts", "supportedCapabilities"},
                              .most = 1};
  identity::LdapFound found = TRY(connection.search(search));
  DirectoryRoot root;
  if (found.entries.empty()) return root;
  auto& values = found.entries.front().values;
  for (const char* name : {"namingcontexts", "defaultnamingcontext"}) {
    if (!values[name].empty()) root.base = values[name].front();
  }
  root.is_windows =
      std::ranges::find(values["supportedcapabilities"], kActiveDirectory) != values["supportedcapabilities"].end();
  return root;
}

// Why nothing was learnt: the password cannot be read, the account is refused, or there is no answer.
Finding unanswered(const DirectoryFacts& directory, const Error& why, std::size_t hop) {
  const identity::LdapConfig& config = directory.config;
  std::string_view dn_name = directory.is_typed ? "--bind-dn" : "bind_dn";
  std::string_view file_name = directory.is_typed ? "--password-file" : "bind_password_file";
  Finding finding{.check = kDirectorySilent, .level = Level::Error, .hop = hop};
  finding.evidence = {{.name = {"code", "Code"}, .value = std::string(why.code())}};
  const std::string& words = why.text();
  std::string file = config.bind_password_file ? config.bind_password_file->value : "";
  bool is_bound = config.bind_dn && !file.empty();
  if (Result<Secret> password = is_bound ? crypto::read_password(file) : Secret(std::string_view()); !password) {
    finding.seen = {
        cat("the password of the directory's account cannot be read: ", password.error().text()),
        cat("das Passwort für das Konto im Verzeichnis ist nicht lesbar: ", german_or_same(password.error().text()))};
    std::string_view reader = directory.is_typed ? "for you" : "for the gate's user";
    std::string_view leser = directory.is_typed ? "für Sie lesbar" : "lesbar für den Benutzer des Tors";
    finding.remedy = {cat("write it into the first line of this file, ", reader, " to read (", file_name, ")"),
                      cat("es in die erste Zeile dieser Datei schreiben, ", leser, " (", file_name, ")")};
    finding.command = cat("ls -l ", shell_word(file));
  } else if (is_bound && why.kind() == Kind::Denied) {
    finding.seen = {cat("the directory refuses the account ", *config.bind_dn, ": ", words),
                    cat("das Verzeichnis weist das Konto ", *config.bind_dn, " ab: ", words)};
    finding.remedy = {cat("correct the account's name or its password in ", file),
                      cat("den Namen des Kontos oder sein Passwort berichtigen, in ", file)};
  } else if (why.code() == "ldap.refused" || why.code() == "ldap.no-entry") {
    finding.seen = {cat("the directory refuses the question: ", words),
                    cat("das Verzeichnis weist die Frage ab: ", words)};
    finding.remedy = {
        cat("give an account that may read (", dn_name, " and ", file_name, "), and see that the base is right"),
        cat("ein Konto angeben, das lesen darf (", dn_name, " und ", file_name, "), und die Basis prüfen")};
  } else {
    finding.seen = {cat("there is no connection to the directory: ", words),
                    cat("es gibt keine Verbindung zum Verzeichnis: ", words)};
    finding.remedy = {"see that server, port and trust are right, and that no firewall is between",
                      "Server, Port und Vertrauen prüfen, und dass keine Firewall dazwischen ist"};
  }
  return finding;
}

}  // namespace

void check_accounts(const KerberosFacts& facts, const KerberosHops& hops, const std::set<std::string>& given,
                    Path& path) {
  if (!facts.directory) return;
  Result<> done = with_directory(*facts.directory, [&](DirectoryView& view) {
    bool ours = view.is_windows() || !facts.directory->may_be_another;
    return ours ? DirectoryExamination(facts, view, given, hops.directory, path).services() : Result<>();
  });
  if (!done) path.tell(unanswered(*facts.directory, done.error(), hops.directory));
}

std::string DirectoryView::realm() const {
  std::string realm;
  std::string dn = identity::folded_dn(base_);
  for (std::size_t at = 0; at < dn.size();) {
    std::size_t end = std::min(dn.find(',', at), dn.size());
    if (dn.compare(at, 3, "dc=") == 0)
      realm += cat(realm.empty() ? "" : ".", capitals(dn.substr(at + 3, end - at - 3)));
    at = end + 1;
  }
  return realm;
}

Result<identity::LdapFound> DirectoryView::find(const std::string& filter, std::vector<std::string> attributes,
                                                int most) {
  return connection_.search({.base = base_,
                             .scope = identity::LdapSearch::Scope::Subtree,
                             .filter = filter,
                             .attributes = std::move(attributes),
                             .most = most});
}

Result<identity::LdapFound> DirectoryView::read(const std::string& dn, std::vector<std::string> attributes) {
  return connection_.search({.base = dn,
                             .scope = identity::LdapSearch::Scope::Entry,
                             .filter = "(objectClass=*)",
                             .attributes = std::move(attributes),
                             .most = 1});
}

Result<> with_directory(const DirectoryFacts& directory, const std::function<Result<>(DirectoryView&)>& work) {
  identity::LdapConnection connection = TRY(open_directory(directory.config));
  DirectoryRoot root = TRY(root_of(connection));
  const std::string& base = directory.config.base.empty() ? root.base : directory.config.base;
  if (base.empty()) return fail(Kind::Unavailable, "ldap.refused", "the server does not say where its entries are");
  DirectoryView view(connection, base, root.is_windows);
  return work(view);
}

Result<identity::LdapConnection> open_directory(const identity::LdapConfig& config) {
  std::optional<Error> last;
  conf::Problems known_already;
  for (const conf::Text& url : config.servers) {
    std::optional<identity::LdapServer> server = identity::read_ldap_server(url, known_already);
    if (!server) continue;
    auto signed_in = [&]() -> Result<identity::LdapConnection> {
      identity::LdapConnection connection =
          TRY(identity::LdapConnection::open({.server = *server,
                                              .start_tls = config.start_tls,
                                              .trust = config.trust ? config.trust->value : "system",
                                              .timeout = config.timeout}));
      if (!config.bind_dn || !config.bind_password_file) return connection;
      Secret password = TRY(crypto::read_password(config.bind_password_file->value));
      TRY(connection.bind(*config.bind_dn, password));
      return connection;
    };
    Result<identity::LdapConnection> connection = signed_in();
    if (connection) return connection;
    last = std::move(connection).error();
  }
  if (!last) return fail(Kind::Invalid, "ldap.refused", "no server of a directory is named");
  return std::unexpected(*std::move(last));
}

}  // namespace pforte::doctor
