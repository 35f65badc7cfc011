#include "doctor/kerberos_path.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::doctor {
namespace {

constexpr std::string_view kOfKerberos = "kerberos.";
// What the doctor judges more closely by itself.
constexpr std::string_view kJudgedByNames = "kerberos.service-name";

std::size_t hop_of_problem(std::string_view code, const KerberosHops& hops) {
  std::string_view what = code.substr(kOfKerberos.size());
  if (what.starts_with("krb5-")) return hops.krb5;
  return what.starts_with("keytab-") ? hops.keytab : hops.gate;
}

Level level_of(conf::Severity severity) {
  switch (severity) {
    case conf::Severity::Error:
      return Level::Error;
    case conf::Severity::Warning:
      return Level::Warning;
    case conf::Severity::Note:
      return Level::Note;
  }
  std::unreachable();
}

}  // namespace

bool KerberosFacts::concerns(const kerberos::Principal& service) const {
  return !alone || equals_ignoring_case(*alone, joined(service.components, "/"));
}

std::vector<std::string> KerberosFacts::realms() const {
  std::vector<std::string> realms;
  for (const kerberos::KeytabConfig& one : config.keytabs) {
    if (std::ranges::find(realms, one.principal.realm) == realms.end()) realms.push_back(one.principal.realm);
  }
  if (realms.empty() && !default_realm().empty()) realms.push_back(default_realm());
  return realms;
}

std::optional<std::string> KerberosFacts::realm_meant_by(const std::string& realm) const {
  std::vector<std::string_view> known;
  known.reserve(krb5.relations.size());
  for (const kerberos::Krb5Relation& one : krb5.relations) {
    if (one.path.size() > 2 && one.path[0] == "realms") known.push_back(one.path[1]);
  }
  if (std::ranges::find(known, realm) != known.end()) return std::nullopt;
  std::optional<std::string_view> meant = conf::nearest(realm, known);
  return meant ? std::optional<std::string>(*meant) : std::nullopt;
}

std::string KerberosFacts::default_realm() const {
  const kerberos::Krb5Relation* relation = krb5.find({"libdefaults", "default_realm"});
  return relation ? relation->value : "";
}

KerberosPath path_of_kerberos(const KerberosFacts& facts, const std::string& subject) {
  KerberosPath made{.path = Path(subject, {}), .hops = {}};
  Path& path = made.path;
  made.hops.browser = path.append({"browser", "Browser"});
  made.hops.dns = path.append({"DNS", "DNS"});
  made.hops.gate = path.append({"gate", "Tor"});
  const std::string& file = facts.krb5_name;
  made.hops.krb5 = path.append(file.empty() ? Message{"no krb5.conf", "keine krb5.conf"} : Message{file, file});
  made.hops.keytab = path.append({"keytab", "Keytab"});
  for (const std::string& realm : facts.realms())
    made.hops.realms[realm] = path.append({cat("KDC ", realm), cat("KDC ", realm)});
  if (facts.directory) made.hops.directory = path.append({"directory", "Verzeichnis"});
  return made;
}

void tell_kerberos_problems(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  for (const conf::Problem& problem : facts.problems.in_order()) {
    if (!problem.code.starts_with(kOfKerberos) || problem.code == kJudgedByNames) continue;
    path.tell({.check = {.id = problem.code, .source = "", .why = {}},
               .level = level_of(problem.severity),
               .hop = hop_of_problem(problem.code, hops),
               .seen = problem.what,
               .remedy = problem.remedy,
               .evidence = {evidence_of(problem.place)}});
  }
}

Evidence evidence_of(const conf::Place& place) {
  return {.name = {"place", "Stelle"}, .value = conf::to_text({place.file, place.line, 0})};
}

}  // namespace pforte::doctor
