#include "doctor/krb5_lint.h"

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

bool has_kdc(const kerberos::Krb5File& file, std::string_view realm) {
  for (std::string_view name : {"kdc", "primary_kdc", "master_kdc"}) {
    if (file.find({"realms", realm, name})) return true;
  }
  return false;
}

}  // namespace pforte::doctor
