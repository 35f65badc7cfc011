#include "kerberos/keytab_names.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "kerberos/service_name.h"

namespace pforte::kerberos {
namespace {

struct NameRule {
  NameFlaw flaw;
  std::string_view id;
  KeytabLevel level;        // where the name that was meant is not there
  std::string_view en, de;  // what is said behind the name
};

constexpr auto kNameRules = std::to_array<NameRule>({
    {NameFlaw::Service, "keytab.name-service", KeytabLevel::Error, "browsers ask for HTTP/, for https as well",
     "Browser fragen nach HTTP/, auch bei https"},
    {NameFlaw::ServiceCase, "keytab.name-service", KeytabLevel::Warning,
     "browsers ask for HTTP/ in capitals, and MIT finds no other spelling",
     "Browser fragen nach HTTP/ in Großbuchstaben, und MIT findet keine andere Schreibweise"},
    {NameFlaw::Address, "keytab.name-address", KeytabLevel::Error, "for an address browsers ask for no ticket",
     "für eine Adresse fragen Browser nach keinem Ticket"},
    {NameFlaw::Port, "keytab.name-port", KeytabLevel::Error,
     "browsers leave the port out, unless a policy says otherwise",
     "Browser lassen den Port weg, wenn keine Richtlinie es anders sagt"},
    {NameFlaw::Dot, "keytab.name-dot", KeytabLevel::Error, "browsers ask for the host without a dot at its end",
     "Browser fragen nach dem Rechner ohne Punkt am Ende"},
    {NameFlaw::HostCase, "keytab.name-case", KeytabLevel::Warning,
     "browsers write the host in small letters, and MIT finds no other spelling",
     "Browser schreiben den Rechner klein, und MIT findet keine andere Schreibweise"},
    {NameFlaw::RealmCase, "keytab.name-realm", KeytabLevel::Warning,
     "Active Directory writes its realms in capitals, and no ticket has this name",
     "Active Directory schreibt Realms groß, und kein Ticket trägt diesen Namen"},
});

Message remedy_for_name(const std::string& meant, NameFlaw flaw, bool is_there) {
  if (is_there)
    return {cat("nothing: ", meant, " is there as well; leave this one out the next time"),
            cat("nichts: ", meant, " ist auch da; diesen beim nächsten Mal weglassen")};
  if (flaw == NameFlaw::Address)
    return {"serve the site under a name, and make the keytab for that",
            "die Site unter einem Namen anbieten und die Keytab für ihn erzeugen"};
  Message remedy = {cat("make the keytab for ", meant), cat("die Keytab für ", meant, " erzeugen")};
  if (flaw != NameFlaw::RealmCase) return remedy;
  return {remedy.en + ", unless the KDC is not of Windows and calls its realm so",
          remedy.de + ", es sei denn, das KDC ist keines von Windows und nennt seinen Realm so"};
}

}  // namespace

std::vector<KeytabFinding> judge_keytab_names(const KeytabRecords& content) {
  std::set<std::string> names;
  for (const KeytabRecord& record : content.records) names.insert(record.principal.to_text());
  std::vector<KeytabFinding> findings;
  std::set<std::string> judged;
  for (const KeytabRecord& record : content.records) {
    std::string name = record.principal.to_text();
    if (!judged.insert(name).second) continue;
    for (NameFlaw flaw : name_flaws(record.principal)) {
      const NameRule& rule = *std::ranges::find(kNameRules, flaw, &NameRule::flaw);
      std::string meant = as_browsers_ask(record.principal).to_text();
      bool is_there = flaw != NameFlaw::Address && names.contains(meant);
      findings.push_back({.id = rule.id,
                          .level = is_there ? KeytabLevel::Note : rule.level,
                          .what = {cat(name, ": ", rule.en), cat(name, ": ", rule.de)},
                          .remedy = remedy_for_name(meant, flaw, is_there),
                          .command = ""});
    }
  }
  return findings;
}

}  // namespace pforte::kerberos
