#include "kerberos/kerberos_config.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"
#include "conf/path.h"
#include "kerberos/krb5_file.h"
#include "kerberos/properties_config.h"

namespace pforte::kerberos {
namespace {

using namespace std::chrono_literals;

std::optional<conf::Text> read_file_name(conf::Reader& keys, std::string_view key) {
  std::optional<conf::Text> file = keys.text(key);
  return file ? std::optional(conf::resolved(*std::move(file))) : std::nullopt;
}

// The realm of names without one: that of the krb5.conf, which is judged on the way.
std::string read_default_realm(const KerberosConfig& config, conf::Problems& problems) {
  std::error_code why;
  Krb5File file;
  if (config.config) {
    file = check_krb5_file(*config.config, problems);
  } else if (std::filesystem::is_regular_file(kSystemKrb5File, why)) {
    file = check_krb5_file({std::string(kSystemKrb5File), config.place}, problems);
  }
  const Krb5Relation* realm = file.find({"libdefaults", "default_realm"});
  return realm ? realm->value : "";
}

std::optional<Principal> read_service(const conf::Text& text, std::string_view default_realm,
                                      conf::Problems& problems) {
  Result<Principal> principal = parse_principal(text.value, default_realm);
  if (principal) return *std::move(principal);
  problems.error(text.place, "kerberos.principal",
                 {principal.error().text(), cat("\"", text.value, "\" ist kein Kerberos-Name")},
                 {"write it as HTTP/crm.example.com@EXAMPLE.COM, with the realm in capitals",
                  "als HTTP/crm.example.com@EXAMPLE.COM schreiben, den Realm in Großbuchstaben"});
  return std::nullopt;
}

void warn_of_service(const KeytabConfig& one, conf::Problems& problems) {
  std::string name = one.principal.to_text();
  if (one.principal.components.size() != 2 || one.principal.primary() != "HTTP") {
    problems.warning(one.place, "kerberos.service-name",
                     {cat(name, " is not the name that browsers ask a ticket for"),
                      cat(name, " ist nicht der Name, für den Browser ein Ticket holen")},
                     {"they ask for HTTP/ and the host in the address bar, for https as well",
                      "sie fragen nach HTTP/ und dem Rechner in der Adresszeile, auch bei https"});
  } else if (!one.principal.components[1].contains('.') && one.principal.components[1] != "localhost") {
    problems.warning(one.place, "kerberos.service-name",
                     {cat(name, " has no full host name"), cat(name, " hat keinen vollen Rechnernamen")},
                     {"browsers ask for a ticket by the full name: HTTP/crm.example.com@EXAMPLE.COM",
                      "Browser holen das Ticket für den vollen Namen: HTTP/crm.example.com@EXAMPLE.COM"});
  }
}

// Where the text of a name and that of its file stand.
struct NamedFile {
  conf::Text name;
  conf::Text file;
};

void add_keytab(KerberosConfig& config, const NamedFile& named, std::string_view realm, conf::Problems& problems) {
  std::optional<Principal> principal = read_service(named.name, realm, problems);
  if (!principal || named.file.value.empty()) return;
  auto same = std::ranges::find(config.keytabs, *principal, &KeytabConfig::principal);
  if (same != config.keytabs.end()) {
    if (same->keytab.value == named.file.value) return;
    problems.warning(named.name.place, "kerberos.service-twice",
                     {cat(named.name.value, " has another keytab at ", conf::to_text(same->place), ", which counts"),
                      cat(named.name.value, " hat eine andere Keytab bei ", conf::to_text(same->place), "; jene gilt")},
                     {"remove one of them", "eines davon entfernen"});
    return;
  }
  config.keytabs.push_back({named.name.place, *std::move(principal), named.file});
  warn_of_service(config.keytabs.back(), problems);
}

std::vector<NamedFile> read_keytabs(conf::Reader& keys) {
  std::vector<NamedFile> list;
  std::optional<conf::Reader> table = keys.table("keytabs");
  if (!table) return list;
  for (std::string_view name : table->names()) {
    conf::Text file = table->required_text(name);
    conf::Place place = file.place;
    if (file.value.starts_with("FILE:")) file.value.erase(0, 5);
    list.push_back({{std::string(name), place}, conf::resolved(std::move(file))});
  }
  return list;
}

bool is_sid(std::string_view text) {
  return text.starts_with("S-1-") && text.find_first_not_of("S-0123456789") == std::string_view::npos &&
         text.find('S', 1) == std::string_view::npos && !text.ends_with('-');
}

std::map<std::string, std::string> read_groups_table(conf::Reader& keys) {
  std::map<std::string, std::string> groups;
  std::optional<conf::Reader> table = keys.table("groups");
  if (!table) return groups;
  for (std::string_view sid : table->names()) {
    conf::Text name = table->required_text(sid);
    if (!is_sid(sid)) {
      keys.problems().error(name.place, "kerberos.group-sid", {cat(sid, " is no SID"), cat(sid, " ist keine SID")},
                            {"write it as \"S-1-5-21-...\" = \"name\"; PowerShell shows it: Get-ADGroup NAME",
                             "als \"S-1-5-21-...\" = \"Name\" schreiben; PowerShell zeigt sie: Get-ADGroup NAME"});
    }
    groups.emplace(sid, name.value);
  }
  return groups;
}

void warn_of_rc4(const conf::Text& service, conf::Problems& problems) {
  problems.warning(
      service.place, "kerberos.rc4-allowed",
      {cat("tickets for ", service.value, " may use RC4: who sees one can guess the service's password offline"),
       cat("Tickets für ", service.value,
           " dürfen RC4 verwenden: Wer eines sieht, kann das Passwort des Dienstes "
           "ohne Netz erraten")},
      {"set msDS-SupportedEncryptionTypes = 24 at its account, change the password, make the keytab again; then remove "
       "the name here",
       "beim Konto msDS-SupportedEncryptionTypes = 24 setzen, das Passwort ändern, die Keytab neu erzeugen; dann den "
       "Namen hier entfernen"});
}

void read_allow_rc4(conf::Reader& keys, KerberosConfig& config) {
  std::vector<std::string> known;
  known.reserve(config.keytabs.size());
  for (const KeytabConfig& one : config.keytabs) known.push_back(one.principal.to_text());
  for (const conf::Text& text : keys.texts("allow_rc4").value_or(std::vector<conf::Text>())) {
    std::optional<Principal> principal = read_service(text, {}, keys.problems());
    if (!principal) continue;
    std::string name = principal->to_text();
    if (std::ranges::find(known, name) == known.end()) {
      std::vector<std::string_view> names(known.begin(), known.end());
      std::optional<std::string_view> meant = conf::nearest(name, names);
      keys.problems().error(text.place, "kerberos.allow-rc4",
                            {cat(name, " has no keytab here"), cat(name, " hat hier keine Keytab")},
                            {meant ? cat("write ", *meant) : "name a service of [kerberos.keytabs]",
                             meant ? cat("schreiben: ", *meant) : "einen Dienst aus [kerberos.keytabs] nennen"});
    } else {
      warn_of_rc4(text, keys.problems());
    }
    config.allow_rc4.push_back(std::move(name));
  }
}

// Applications are told the name in a header field.
bool can_be_told(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~'; });
}

std::optional<conf::Text> read_delegated_tickets(conf::Reader& keys) {
  std::optional<conf::Text> folder = read_file_name(keys, "delegated_tickets");
  if (!folder || (can_be_told(folder->value) && folder->value.starts_with('/'))) return folder;
  keys.problems().error(folder->place, "kerberos.tickets-name",
                        {cat("\"", folder->value, "\" cannot be told to applications"),
                         cat("\"", folder->value, "\" lässt sich Anwendungen nicht mitteilen")},
                        {"name the folder by its whole path, in letters of ASCII without spaces",
                         "den Ordner mit ganzem Pfad nennen, in ASCII-Zeichen ohne Leerzeichen"});
  return std::nullopt;
}

void read_rules(conf::Reader& keys, KerberosConfig& config) {
  constexpr std::array<std::string_view, 3> kBindings = {"off", "allow", "require"};
  config.channel_binding = static_cast<ChannelBinding>(
      keys.choice_or("channel_binding", static_cast<std::size_t>(config.channel_binding), kBindings));
  for (conf::Text& realm : keys.texts("login_fallback_realms").value_or(std::vector<conf::Text>()))
    config.login_fallback_realms.push_back(std::move(realm.value));
  for (conf::Text& realm : keys.texts("require_pac").value_or(std::vector<conf::Text>()))
    config.require_pac.push_back(std::move(realm.value));
  bool has_skew = keys.has("clock_skew");
  conf::Duration skew = keys.duration_or("clock_skew", 5min, {1s, 1h});
  if (has_skew) config.clock_skew = std::chrono::duration_cast<std::chrono::seconds>(skew);
}

}  // namespace

KerberosConfig read_kerberos_config(conf::Reader keys) {
  KerberosConfig config;
  config.place = keys.place();
  config.config = read_file_name(keys, "config");
  config.properties = read_file_name(keys, "properties");
  config.overlay = read_file_name(keys, "overlay");
  conf::Problems& problems = keys.problems();
  std::size_t before = problems.all().size();
  PropertiesConfig properties = read_properties_config(config.properties, config.overlay, problems);
  if (!config.config) config.config = properties.config;
  config.switched_off = properties.switched_off;

  std::string realm = read_default_realm(config, problems);
  for (const NamedFile& one : read_keytabs(keys)) add_keytab(config, one, realm, problems);
  for (const Property& one : properties.keytabs) add_keytab(config, {one.key, one.value}, realm, problems);
  auto is_error = [](const conf::Problem& one) { return one.severity == conf::Severity::Error; };
  bool told = std::any_of(problems.all().begin() + std::ptrdiff_t(before), problems.all().end(), is_error);
  if (config.keytabs.empty() && !told && !config.switched_off) {
    problems.error(
        config.place, "kerberos.no-service",
        {"[kerberos] has no service, so no ticket can be accepted",
         "[kerberos] hat keinen Dienst; kein Ticket kann angenommen werden"},
        {"add [kerberos.keytabs] with \"HTTP/crm.example.com@EXAMPLE.COM\" = \"/etc/pforte/crm.keytab\"",
         "[kerberos.keytabs] mit \"HTTP/crm.example.com@EXAMPLE.COM\" = \"/etc/pforte/crm.keytab\" ergänzen"});
  }
  read_allow_rc4(keys, config);
  read_rules(keys, config);
  config.delegated_tickets = read_delegated_tickets(keys);
  config.groups = read_groups_table(keys);
  keys.end();
  return config;
}

}  // namespace pforte::kerberos
