#include "kerberos/properties_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/ascii.h"
#include "base/file_access.h"
#include "base/text.h"
#include "conf/document.h"
#include "conf/nearest.h"
#include "conf/path.h"

namespace pforte::kerberos {
namespace {

constexpr std::string_view kLocation = "kerberos.config.location";
constexpr std::string_view kEnabled = "kerberos.v5.enabled";

bool is_windows_path(std::string_view path) {
  bool drive = path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
  return drive || path.starts_with("\\\\") || (path.contains('\\') && !path.contains('/'));
}

conf::Text resolved_file(conf::Text file, conf::Problems& problems) {
  constexpr std::string_view kScheme = "FILE:";
  if (file.value.starts_with(kScheme)) file.value.erase(0, kScheme.size());
  if (!is_windows_path(file.value)) return conf::resolved(std::move(file));
  std::string name = file.value.substr(file.value.find_last_of("\\/") + 1);
  problems.note(file.place, "kerberos.properties-windows",
                {cat(file.value, " is a path of Windows: ", name, " beside this file is taken for it"),
                 cat(file.value, " ist ein Pfad von Windows: genommen wird ", name, " neben dieser Datei")},
                {"copy the file there, or write its path on this machine",
                 "die Datei dorthin kopieren oder ihren Pfad auf diesem Rechner schreiben"});
  file.value = std::move(name);
  return conf::resolved(std::move(file));
}

// A line of nothing but a no-break space, as copying from a document leaves it.
bool is_empty_line(const Property& property) {
  return property.value.value.empty() && property.key.value == "\xc2\xa0";
}

void report_unknown(const Property& property, conf::Problems& problems) {
  constexpr std::array<std::string_view, 2> kKnown = {kLocation, kEnabled};
  std::optional<std::string_view> meant = conf::nearest(property.key.value, kKnown);
  const std::string& key = property.key.value;
  Message remedy = {"a service is written HTTP/crm.example.com@EXAMPLE.COM=/path/of/its.keytab",
                    "ein Dienst wird geschrieben: HTTP/crm.example.com@EXAMPLE.COM=/pfad/seiner.keytab"};
  if (meant) remedy = {cat("write ", *meant), cat("schreiben: ", *meant)};
  problems.warning(
      property.key.place, "kerberos.properties-unknown",
      {cat(key, " has no meaning here and is left out"), cat(key, " hat hier keine Bedeutung und wird übergangen")},
      std::move(remedy));
}

// Puts the property in place of one with the same key. Within one file that is worth a word.
void put(std::vector<Property>& list, Property property, conf::Problems& problems) {
  auto same = std::ranges::find_if(list, [&](const Property& one) { return one.key.value == property.key.value; });
  if (same == list.end()) {
    list.push_back(std::move(property));
    return;
  }
  if (same->key.place.file == property.key.place.file) {
    problems.warning(property.key.place, "kerberos.properties-twice",
                     {cat(property.key.value, " stands here twice, and this one counts"),
                      cat(property.key.value, " steht hier zweimal, und dieses gilt")},
                     {"remove the other", "das andere entfernen"});
  }
  *same = std::move(property);
}

bool has_value(const Property& property, conf::Problems& problems) {
  if (!property.value.value.empty()) return true;
  problems.error(property.key.place, "kerberos.properties-empty",
                 {cat(property.key.value, " has no value"), cat(property.key.value, " hat keinen Wert")},
                 {"write the name of its file behind the =", "den Namen seiner Datei hinter das = schreiben"});
  return false;
}

// Whether the file that `key` of [kerberos] names is there and we may read it.
bool can_read(const conf::Text& file, std::string_view key, conf::Problems& problems) {
  int why = why_unreadable(file.value);
  if (why == 0) return true;
  if (why == EACCES || why == EPERM) {
    std::string user = user_name(::geteuid());
    problems.error(file.place, "kerberos.properties-denied",
                   {cat("the user ", user, " may not read ", file.value),
                    cat("der Benutzer ", user, " darf ", file.value, " nicht lesen")},
                   remedy_for_denied(file.value, user));
    return false;
  }
  bool missing = why == ENOENT || why == ENOTDIR;
  Message what = {cat(file.value, " is no file"), cat(file.value, " ist keine Datei")};
  if (missing) what = {cat("there is no file ", file.value), cat("es gibt keine Datei ", file.value)};
  Message remedy = {cat("correct its path, or remove ", key), cat("den Pfad berichtigen oder ", key, " entfernen")};
  if (key == "overlay")
    remedy = {"correct its path, write an empty file, which overrides nothing, or remove overlay",
              "den Pfad berichtigen, eine leere Datei anlegen, die nichts ändert, oder overlay entfernen"};
  problems.error(file.place, "kerberos.properties-missing", std::move(what), std::move(remedy));
  return false;
}

// As Java has it, but for what is neither.
std::optional<bool> truth_of(const Property& property, conf::Problems& problems) {
  if (equals_ignoring_case(property.value.value, "true")) return true;
  if (equals_ignoring_case(property.value.value, "false")) return false;
  problems.error(property.value.place, "kerberos.properties-enabled",
                 {cat(kEnabled, " is neither true nor false"), cat(kEnabled, " ist weder true noch false")},
                 {"write true, or false for no Kerberos at all", "true schreiben, oder false für gar kein Kerberos"});
  return std::nullopt;
}

void take(Property property, PropertiesConfig& config, conf::Problems& problems) {
  const std::string& key = property.key.value;
  bool is_service = key.contains('/') || key.contains('@');
  if (is_empty_line(property)) return;
  if (key == kEnabled) {
    std::optional<bool> enabled = truth_of(property, problems);
    if (!enabled) return;
    config.switched_off.reset();
    if (!*enabled) config.switched_off = property.key.place;
    return;
  }
  if (key != kLocation && !is_service) return report_unknown(property, problems);
  if (!has_value(property, problems)) return;
  property.value = resolved_file(std::move(property.value), problems);
  if (is_service) {
    put(config.keytabs, std::move(property), problems);
  } else {
    config.config = std::move(property.value);
  }
}

void read_one(const std::optional<conf::Text>& file, std::string_view key, PropertiesConfig& config,
              conf::Problems& problems) {
  if (!file || !can_read(*file, key, problems)) return;
  std::optional<std::string> text = conf::read_file(file->value, problems);
  if (!text) return;
  for (Property& property : read_java_properties(*text, file->value, problems))
    take(std::move(property), config, problems);
}

}  // namespace

PropertiesConfig read_properties_config(const std::optional<conf::Text>& file, const std::optional<conf::Text>& overlay,
                                        conf::Problems& problems) {
  PropertiesConfig config;
  read_one(file, "properties", config, problems);
  read_one(overlay, "overlay", config, problems);
  return config;
}

}  // namespace pforte::kerberos
