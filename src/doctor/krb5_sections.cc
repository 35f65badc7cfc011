#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "conf/nearest.h"
#include "doctor/krb5_lint.h"

namespace pforte::doctor {
namespace {

constexpr Check kUnknownSection{.id = "krb5.unknown-section",
                                .source = "krb5.conf(5), SECTIONS",
                                .why = {"the library passes over a whole section that it does not know, without a word",
                                        "die Bibliothek übergeht einen ganzen Abschnitt, den sie nicht kennt, ohne ein "
                                        "Wort"}};

constexpr auto kKnownSections = std::to_array<std::string_view>(
    {"libdefaults", "realms", "domain_realm", "capaths", "appdefaults", "plugins", "logging", "login", "kdcdefaults",
     "kdc", "kadmin", "password_quality", "dbdefaults", "dbmodules", "otp"});

}  // namespace

// Each once, at its first line. Whose name is near to none may be for another program.
void lint_krb5_sections(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  std::set<std::string_view> seen(kKnownSections.begin(), kKnownSections.end());
  for (const kerberos::Krb5Relation& relation : facts.krb5.relations) {
    const std::string& section = relation.path.front();
    if (section.empty() || !seen.insert(section).second) continue;
    std::optional<std::string_view> meant = conf::nearest(section, kKnownSections);
    Finding finding = about(relation, kUnknownSection, meant ? Level::Warning : Level::Note, hops.krb5);
    finding.seen = {cat("there is no section [", section, "]"), cat("einen Abschnitt [", section, "] gibt es nicht")};
    finding.remedy = {
        meant ? cat("write [", *meant, "]") : "remove it, unless it is for another program",
        meant ? cat("schreiben: [", *meant, "]") : "entfernen, wenn er nicht für ein anderes Programm ist"};
    path.tell(std::move(finding));
  }
}

}  // namespace pforte::doctor
