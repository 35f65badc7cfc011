#include "doctor/krb5_lint.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::doctor {

void lint_krb5(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  if (facts.krb5_name.empty()) return;
  // That a comment belongs to its value has been told by whoever reads the file; what was meant is judged.
  KerberosFacts meant = facts;
  for (kerberos::Krb5Relation& one : meant.krb5.relations) one.value = kerberos::without_comment(one.value);
  lint_krb5_sections(meant, hops, path);
  lint_krb5_defaults(meant, hops, path);
  lint_krb5_realms(meant, hops, path);
  lint_krb5_domains(meant, hops, path);
  lint_krb5_rights(meant, hops, path);
}

Finding about(const kerberos::Krb5Relation& relation, const Check& check, Level level, std::size_t hop) {
  Finding finding{.check = check, .level = level, .hop = hop};
  finding.evidence = {evidence_of(relation.place),
                      {.name = {"line", "Zeile"}, .value = cat(relation.path.back(), " = ", relation.value)}};
  return finding;
}

bool is_on(const kerberos::Krb5File& file, std::string_view name, bool otherwise) {
  constexpr std::array<std::string_view, 6> kYes = {"y", "yes", "true", "t", "1", "on"};
  constexpr std::array<std::string_view, 7> kNo = {"n", "no", "false", "nil", "f", "0", "off"};
  const kerberos::Krb5Relation* relation = file.find({"libdefaults", name});
  if (!relation) return otherwise;
  std::string value = lowered(relation->value);
  if (std::ranges::find(kYes, value) != kYes.end()) return true;
  return std::ranges::find(kNo, value) == kNo.end() && otherwise;
}

bool looks_up_kdcs(const kerberos::Krb5File& file) {
  // dns_lookup_kdc is true, unless dns_fallback of old says otherwise.
  return is_on(file, "dns_lookup_kdc", is_on(file, "dns_fallback", true));
}

bool has_kdc(const kerberos::Krb5File& file, std::string_view realm) {
  for (std::string_view name : {"kdc", "primary_kdc", "master_kdc"}) {
    if (file.find({"realms", realm, name})) return true;
  }
  return false;
}

bool has_lower_case(std::string_view realm) {
  return std::ranges::any_of(realm, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string capitals(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return made;
}

}  // namespace pforte::doctor
