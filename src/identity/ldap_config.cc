#include "identity/ldap_config.h"

#include <algorithm>
#include <utility>

#include "base/file_access.h"
#include "base/german.h"
#include "base/text.h"
#include "conf/path.h"
#include "crypto/pem.h"
#include "identity/ldap_server.h"
#include "identity/ldap_text.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

void read_servers(conf::Reader& keys, LdapConfig& config) {
  bool missing = !keys.has("servers");
  std::optional<std::vector<conf::Text>> urls = keys.texts("servers");
  if (missing || (urls && urls->empty())) {
    keys.problems().error(
        keys.place_of("servers"), "conf.ldap.no-server",
        {"the directory has no server", "das Verzeichnis hat keinen Server"},
        {"add servers = [\"ldaps://dc1.example.com\"]", "servers = [\"ldaps://dc1.example.com\"] ergänzen"});
  }
  if (!urls) return;
  std::vector<LdapServer> known;
  for (conf::Text& url : *urls) {
    std::optional<LdapServer> server = read_ldap_server(url, keys.problems());
    if (!server) continue;
    if (std::ranges::find(known, *server) != known.end()) {
      keys.problems().error(
          url.place, "conf.ldap.server-twice",
          {cat("server \"", url.value, "\" stands here twice"), cat("Server \"", url.value, "\" steht hier zweimal")},
          {"remove one of the two", "einen von beiden entfernen"});
      continue;
    }
    known.push_back(*std::move(server));
    config.servers.push_back(std::move(url));
  }
}

// Passwords must not travel where somebody may listen.
void check_secrecy(const conf::Reader& keys, const LdapConfig& config) {
  conf::Problems known_already;
  bool any_plain = false;
  for (const conf::Text& url : config.servers) {
    std::optional<LdapServer> server = read_ldap_server(url, known_already);
    any_plain |= server && !server->tls;
    if (!server || server->tls || server->is_loopback() || config.start_tls || config.plain) continue;
    keys.problems().error(
        url.place, "conf.ldap.plain",
        {cat("passwords would travel to ", server->host, " in clear"),
         cat("Passwörter würden unverschlüsselt zu ", server->host, " übertragen")},
        {cat("write \"ldaps://", server->host, "\", or add start_tls = true; plain = true permits it as it is"),
         cat("\"ldaps://", server->host,
             "\" schreiben oder start_tls = true ergänzen; plain = true erlaubt es so, wie es ist")});
  }
  if (config.start_tls && config.plain) {
    keys.problems().error(keys.place_of("plain"), "conf.ldap.plain",
                          {"plain and start_tls exclude each other", "plain und start_tls schließen einander aus"},
                          {"remove plain", "plain entfernen"});
  } else if (config.plain && any_plain) {
    keys.problems().warning(keys.place_of("plain"), "conf.ldap.plain",
                            {"passwords travel in clear; whoever listens has them",
                             "Passwörter werden unverschlüsselt übertragen; wer mithört, hat sie"},
                            {"use ldaps:// or start_tls = true", "ldaps:// oder start_tls = true verwenden"});
  }
  for (std::string_view key : {"start_tls", "plain"}) {
    bool set = key == "plain" ? config.plain : config.start_tls;
    if (!set || any_plain || config.servers.empty()) continue;
    keys.problems().warning(keys.place_of(key), "conf.ldap.no-effect",
                            {cat(key, " has no effect: every server is ldaps://"),
                             cat(key, " bleibt ohne Wirkung: jeder Server ist ldaps://")},
                            {cat("remove ", key), cat(key, " entfernen")});
  }
}

void read_link(conf::Reader& keys, LdapConfig& config) {
  read_servers(keys, config);
  config.start_tls = keys.flag_or("start_tls", false);
  config.plain = keys.flag_or("plain", false);
  config.trust = keys.text("trust");
  if (config.trust && config.trust->value != "system") config.trust = conf::resolved(*std::move(config.trust));
  if (std::optional<conf::Text> file = keys.text("trust_password_file"))
    config.trust_password_file = conf::resolved(*std::move(file));
  config.timeout = keys.duration_or("timeout", config.timeout, {100ms, 60s});
  check_secrecy(keys, config);
}

// What it takes for an LDAP filter: its parentheses pair off, and it has something to be filled in. The server judges
// the rest.
bool is_filter(std::string_view text, std::initializer_list<std::string_view> blanks) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0 && i + 1 != text.size()) return false;
    if (depth <= 0 && i + 1 != text.size()) return false;
  }
  bool filled = std::ranges::any_of(blanks, [&](std::string_view blank) { return text.contains(blank); });
  return depth == 0 && text.size() > 2 && text.contains('=') && filled && unknown_blank(text).empty();
}

void check_filter(const conf::Reader& keys, std::string_view key, const std::string& filter, std::string_view example) {
  bool of_user = key == "user_filter";
  bool good =
      of_user ? is_filter(filter, {"{login}"}) && !filter.contains("{dn}") : is_filter(filter, {"{dn}", "{login}"});
  if (filter.empty() || good) return;
  std::string_view blanks = of_user ? "{login}" : "{dn}, {login}";
  keys.problems().error(keys.place_of(key), "conf.ldap.filter",
                        {cat(key, " is not a filter with ", blanks), cat(key, " ist kein Filter mit ", blanks)},
                        {cat("parentheses around it, and what is filled in within braces: \"", example, '"'),
                         cat("außen Klammern, und was eingesetzt wird, in geschweiften: \"", example, '"')});
}

void check_base(const conf::Reader& keys, std::string_view key, const std::string& base) {
  if (base.empty() || is_dn(base)) return;
  keys.problems().error(
      keys.place_of(key), "conf.ldap.base",
      {cat('"', base, "\" is not a distinguished name"), cat('"', base, "\" ist kein DN")},
      {cat("write ", key, " = \"dc=example,dc=com\""), cat("schreiben: ", key, " = \"dc=example,dc=com\"")});
}

std::string read_text(conf::Reader& keys, std::string_view key) {
  return keys.text(key).value_or(conf::Text()).value;
}

void check_pattern(const conf::Reader& keys, const LdapConfig& config) {
  if (!config.bind_pattern) return;
  const std::string& pattern = *config.bind_pattern;
  bool is_name = pattern.contains('=');
  bool good = pattern.contains("{login}") && !pattern.contains("{dn}") && unknown_blank(pattern).empty();
  if (!good || (is_name && !is_dn(filled_in(pattern, {.login = "x", .dn = {}})))) {
    keys.problems().error(
        keys.place_of("bind_pattern"), "conf.ldap.pattern",
        {"bind_pattern is not a name with {login} in it", "bind_pattern ist kein Name mit {login}"},
        {"write \"uid={login},ou=people,dc=example,dc=com\", or \"{login}@example.com\" for Active Directory",
         "schreiben: \"uid={login},ou=people,dc=example,dc=com\", oder \"{login}@example.com\" für Active Directory"});
  }
  for (std::string_view key : {"bind_dn", "bind_password_file"}) {
    if (!keys.has(key)) continue;
    keys.problems().error(keys.place_of(key), "conf.ldap.two-ways",
                          {cat("bind_pattern and ", key, " exclude each other"),
                           cat("bind_pattern und ", key, " schließen einander aus")},
                          {"with bind_pattern nobody is searched before the bind: remove one of the two",
                           "mit bind_pattern wird vor der Anmeldung niemand gesucht: eines von beiden entfernen"});
  }
}

void read_account(conf::Reader& keys, LdapConfig& config) {
  if (std::optional<conf::Text> name = keys.text("bind_dn")) config.bind_dn = std::move(name->value);
  config.bind_password_file = keys.text("bind_password_file");
  if (config.bind_password_file) config.bind_password_file = conf::resolved(*std::move(config.bind_password_file));
  if (std::optional<conf::Text> pattern = keys.text("bind_pattern")) config.bind_pattern = std::move(pattern->value);
  check_pattern(keys, config);
  bool empty = config.bind_dn && config.bind_dn->empty();
  bool one_alone = keys.has("bind_dn") != keys.has("bind_password_file");
  if (config.bind_pattern || (!empty && !one_alone)) return;
  std::string_view there = keys.has("bind_dn") ? "bind_dn" : "bind_password_file";
  keys.problems().error(
      keys.place_of(there), "conf.ldap.account",
      {"the account that searches needs a name and a password", "das Konto, das sucht, braucht Namen und Passwort"},
      {"give bind_dn and bind_password_file; without both the search is anonymous",
       "bind_dn und bind_password_file angeben; ohne beide wird anonym gesucht"});
}

void read_search(conf::Reader& keys, LdapConfig& config) {
  config.base = read_text(keys, "base");
  config.user_filter = read_text(keys, "user_filter");
  check_base(keys, "base", config.base);
  check_filter(keys, "user_filter", config.user_filter, "(uid={login})");
  bool both = !config.base.empty() && !config.user_filter.empty();
  bool neither = config.base.empty() && config.user_filter.empty();
  if (both || (neither && config.bind_pattern)) return;
  std::string_view missing = config.base.empty() ? "base" : "user_filter";
  keys.problems().error(
      keys.place(), "conf.ldap.way",
      {cat("[ldap] does not say how an agent is found: ", missing, " is missing"),
       cat("[ldap] sagt nicht, wie ein Bearbeiter gefunden wird: ", missing, " fehlt")},
      {"give base = \"dc=example,dc=com\" and user_filter = \"(uid={login})\", or bind_pattern",
       "base = \"dc=example,dc=com\" und user_filter = \"(uid={login})\" angeben, oder bind_pattern"});
}

// A name or an OID, and options after semicolons.
// Source: RFC 4512, 2.5.
bool is_attribute(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == ';';
  });
}

void read_attribute(conf::Reader& keys, std::string_view key, std::string& into) {
  std::optional<conf::Text> name = keys.text(key);
  if (!name) return;
  if (!is_attribute(name->value)) {
    keys.problems().error(name->place, "conf.ldap.attribute",
                          {cat('"', name->value, "\" is not the name of an attribute"),
                           cat('"', name->value, "\" ist kein Attributname")},
                          {"letters, digits and hyphens: \"sAMAccountName\"",
                           "Buchstaben, Ziffern und Bindestriche: \"sAMAccountName\""});
  }
  into = std::move(name->value);
}

// Of a filter that asks one attribute for the login, "(&(objectClass=person)(uid={login}))": that one; else none.
std::string_view attribute_of_login(std::string_view filter) {
  constexpr std::string_view kAsked = "={login})";
  std::size_t end = filter.find(kAsked);
  if (end == filter.npos || filter.find("{login}", end + kAsked.size()) != filter.npos) return {};
  std::string_view before = filter.substr(0, end);
  std::string_view attribute = before.substr(before.rfind('(') + 1);
  return before.contains('(') && is_attribute(attribute) ? attribute : std::string_view();
}

void read_groups(conf::Reader& keys, LdapConfig& config) {
  read_attribute(keys, "group_attribute", config.group_attribute);
  config.group_base = read_text(keys, "group_base");
  config.group_filter = read_text(keys, "group_filter");
  check_base(keys, "group_base", config.group_base);
  check_filter(keys, "group_filter", config.group_filter, "(member={dn})");
  if (config.group_base.empty() == config.group_filter.empty()) return;
  std::string_view there = config.group_base.empty() ? "group_filter" : "group_base";
  std::string_view missing = config.group_base.empty() ? "group_base" : "group_filter";
  keys.problems().error(keys.place_of(there), "conf.ldap.groups",
                        {cat(there, " has no ", missing, " beside it"), cat("neben ", there, " fehlt ", missing)},
                        {"give both, or neither: then group_attribute of the agent's entry counts",
                         "beide angeben oder keines: dann zählt group_attribute im Eintrag des Bearbeiters"});
}

}  // namespace

LdapConfig read_ldap_config(conf::Reader keys) {
  LdapConfig config;
  config.place = keys.place();
  read_link(keys, config);
  read_account(keys, config);
  read_search(keys, config);
  config.login_attribute = attribute_of_login(config.user_filter);
  read_attribute(keys, "login_attribute", config.login_attribute);
  read_attribute(keys, "name_attribute", config.name_attribute);
  read_attribute(keys, "mail_attribute", config.mail_attribute);
  read_groups(keys, config);
  keys.end();
  return config;
}

void check_ldap_files(const LdapConfig& config, conf::Problems& problems) {
  bool own_trust = config.trust && config.trust->value != "system";
  if (own_trust) {
    auto read = crypto::read_certificates(config.trust->value);
    if (!read) {
      problems.error(
          config.trust->place, read.error().code(),
          {cat("no directory can be trusted: ", read.error().text()),
           cat("keinem Verzeichnis kann vertraut werden: ", german_or_same(read.error().text()))},
          read.error().code() == "file.unreadable"
              ? remedy_for_unreadable(config.trust->value)
              : Message{"name a PEM file with the CA that issued the directory's certificates, or \"system\"",
                        "eine PEM-Datei mit der CA angeben, die die Zertifikate des Verzeichnisses ausstellt, oder "
                        "\"system\""});
    }
  }
  if (!config.bind_password_file) return;
  Result<Secret> password = crypto::read_password(config.bind_password_file->value);
  bool empty = password && password->reveal().empty();
  if (password && !empty) return;
  problems.error(
      config.bind_password_file->place, empty ? "conf.empty" : password.error().code(),
      {empty ? cat(config.bind_password_file->value, " is empty") : password.error().text(),
       empty ? cat(config.bind_password_file->value, " ist leer") : german_or_same(password.error().text())},
      empty ? Message{"its first line is the password of bind_dn", "ihre erste Zeile ist das Passwort von bind_dn"}
            : remedy_for_unreadable(config.bind_password_file->value));
}

}  // namespace pforte::identity
