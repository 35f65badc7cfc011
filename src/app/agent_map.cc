#include "app/agent_map.h"

#include <optional>
#include <string>
#include <utility>

#include "app/store_json.h"
#include "base/printable.h"
#include "base/text.h"
#include "gate/config.h"
#include "identity/principal_login.h"

namespace pforte::app {
namespace {

// By which step, for people.
Message reason_of(const identity::Mapping& mapping, const std::string& realm) {
  using By = identity::Mapping::By;
  if (mapping.by == By::Principal)
    return {"the agent has exactly this principal", "der Bearbeiter hat genau diesen Principal"};
  if (mapping.by == By::LoginFallback) {
    return {cat(realm, " is among login_fallback_realms"), cat(realm, " steht in login_fallback_realms")};
  }
  std::string place = mapping.rule != nullptr ? conf::to_text(mapping.rule->place) : "";
  return {cat("by the rule at ", place), cat("nach der Regel in ", place)};
}

std::string json_of_mapping(const std::string& principal, const identity::Mapping& mapping, bool exists) {
  PrincipalMapping document{.principal = principal, .login = mapping.login, .by = mapping.by, .exists = exists};
  if (mapping.rule != nullptr) document.rule = mapping.rule->place;
  return cat(json_of(document), '\n');
}

Answer<int> tell_mapping(const StoreCall& call, const kerberos::Principal& principal,
                         const identity::Mapping& mapping) {
  std::string text = principal.to_text();
  bool exists = TRY(identity::Agents(call.store).find_login(mapping.login)).has_value();
  Message reason = reason_of(mapping, printable(principal.realm));
  std::string shown = printable(text), login = printable(mapping.login);
  call.tell(exists ? Message{cat(shown, " is agent ", login, ": ", reason.en),
                             cat(shown, " ist Bearbeiter ", login, ": ", reason.de)}
                   : Message{cat(shown, " would be created as agent ", login, ": ", reason.en),
                             cat(shown, " würde als Bearbeiter ", login, " angelegt: ", reason.de)},
            json_of_mapping(text, mapping, exists));
  return kDone;
}

std::string quoted(const std::string& text) {
  return cat('"', printable(text), '"');
}

std::string nobody_in_german(const std::string& principal, const identity::Mapping& mapping) {
  using By = identity::Mapping::By;
  std::string text = cat("kein Bearbeiter hat den Principal ", principal);
  if (mapping.login.empty())
    return cat(text, ", keine Regel passt auf ihn, und sein Name allein reicht in seinem Realm nicht");
  if (mapping.by == By::LoginFallback)
    return cat(text, ", und keiner ohne Principal hat den Anmeldenamen ", quoted(mapping.login));
  return cat(text, ", und keiner hat den Anmeldenamen ", quoted(mapping.login), ", den die Regel in ",
             conf::to_text(mapping.rule->place), " ergibt");
}

Answer<std::string> conflict_in_german(identity::Agents& agents, const kerberos::Principal& principal) {
  std::string logins;
  auto claiming = TRY(agents.find_principal(principal.to_text()));
  for (const identity::Agent& one : claiming) logins += cat(logins.empty() ? "" : ", ", quoted(one.login));
  return cat("mehrere Bearbeiter haben den Principal ", printable(principal.to_text()),
             ", daher meldet er keinen davon an: ", logins);
}

// What map() has refused, in German: it says it in English alone.
Answer<std::string> refused_in_german(identity::Agents& agents, identity::PrincipalLogin& login,
                                      const kerberos::Principal& principal, std::string_view code) {
  std::string shown = printable(principal.to_text());
  if (code == "sign-in.machine")
    return cat(shown, " ist das Konto eines Rechners, und kein Bearbeiter hat diesen Principal");
  if (code == "sign-in.conflict") return conflict_in_german(agents, principal);
  identity::Mapping farthest = TRY(login.farthest(principal));
  if (code == "sign-in.disabled") return cat("der Bearbeiter ", quoted(farthest.login), " ist gesperrt");
  return nobody_in_german(shown, farthest);
}

}  // namespace

Answer<int> map_principal(const StoreCall& call) {
  const CommandLine& line = call.line;
  Result<kerberos::Principal> principal = kerberos::parse_principal(line.operand);
  if (!principal) {
    std::string shown = printable(line.operand);
    return std::unexpected(Complaint(kInvalidInput, {cat(shown, " is no principal"), cat(shown, " ist kein Principal")},
                                     {"write it as susan@EXAMPLE.COM; the realm is case-sensitive",
                                      "schreiben: susan@EXAMPLE.COM; beim Realm zählt Groß- und Kleinschreibung"}));
  }
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_config(config_file(line), problems);
  if (!config) {
    call.print_problems(problems);
    return kInvalidInput;
  }
  std::vector<std::string> realms;
  if (config->kerberos) realms = config->kerberos->login_fallback_realms;
  identity::Agents agents(call.store);
  identity::PrincipalLogin login(agents, std::move(realms), config->sign_in);
  Result<identity::Mapping> mapping = login.map(*principal);
  if (mapping) return tell_mapping(call, *principal, *mapping);
  Complaint nobody(mapping.error());
  if (nobody.exit != kDoesNotHold) return std::unexpected(std::move(nobody));
  nobody.what.en = printable(nobody.what.en);
  nobody.what.de = TRY(refused_in_german(agents, login, *principal, mapping.error().code()));
  if (line.json) {
    PrincipalMapping document{.principal = principal->to_text()};
    document.code = mapping.error().code();
    document.message = nobody.what.in(line.language);
    call.print(cat(json_of(document), '\n'));
    return kDoesNotHold;
  }
  return std::unexpected(std::move(nobody));
}

}  // namespace pforte::app
