#include "gate/sign_in_remedy.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "kerberos/remedy.h"

namespace pforte::gate {
namespace {

struct Remedy {
  std::string_view code;
  std::string_view en;
  std::string_view de;
};

constexpr std::array kRemedies{
    Remedy{"http.authorization-too-large", "raise authorization in [limits], or reduce the agent's groups",
           "authorization in [limits] erhöhen, oder den Bearbeiter in weniger Gruppen aufnehmen"},
    Remedy{"sign-in.busy", "wait; if it lasts, look for an attack",
           "abwarten; wenn es anhält, nach einem Angriff sehen"},
    Remedy{"sign-in.conflict", "take the principal from all of these agents but one: pforte agent set",
           "den Principal allen diesen Bearbeitern bis auf einen nehmen: pforte agent set"},
    Remedy{"sign-in.disabled", "pforte agent enable LOGIN, if that is wanted",
           "pforte agent enable LOGIN, wenn das gewollt ist"},
    Remedy{"sign-in.locked", "wait, and look who guesses: sign-in.slowed in the log",
           "warten, und nachsehen, wer rät: sign-in.slowed im Protokoll"},
    Remedy{"sign-in.machine", "let the program run as a person, or give an agent exactly this principal",
           "das Programm unter einer Person laufen lassen, oder einem Bearbeiter genau diesen Principal geben"},
    Remedy{"sign-in.no-provider", "pforte service list and pforte status say which does not run",
           "pforte service list und pforte status sagen, was nicht läuft"},
    Remedy{"sign-in.stopped", "pforte service start NAME, if it was stopped; else see store.failed in the log",
           "pforte service start NAME, falls angehalten; sonst siehe store.failed im Protokoll"},
    Remedy{"sign-in.token", "pforte agent token LOGIN makes a new one",
           "pforte agent token LOGIN stellt ein neues aus"},
    Remedy{"sign-in.unknown",
           "pforte agent add LOGIN, or give an agent the principal; pforte agent map tells the steps",
           "pforte agent add LOGIN, oder einem Bearbeiter den Principal geben; pforte agent map nennt die Schritte"},
    Remedy{"sign-in.wrong", "let them type it anew; else set another: pforte agent passwd LOGIN, or in the directory",
           "neu eintippen lassen; sonst ein anderes setzen: pforte agent passwd LOGIN, oder im Verzeichnis"},
};

}  // namespace

Message sign_in_remedy(std::string_view code) {
  const auto* found = std::ranges::find(kRemedies, code, &Remedy::code);
  if (found == kRemedies.end()) return kerberos::remedy_for(code);
  return {std::string(found->en), std::string(found->de)};
}

Message sign_in_remedy(std::string_view code, std::span<const identity::ProviderAnswer> providers) {
  Message remedy = sign_in_remedy(code);
  std::string commands;
  for (const identity::ProviderAnswer& answer : providers) {
    if (code != "sign-in.wrong" || answer.said != identity::ProviderAnswer::Said::Stopped) continue;
    commands += cat(commands.empty() ? "" : ", ", "pforte service start ", provider_name(answer.provider));
  }
  if (commands.empty()) return remedy;
  return {cat("a service that may know this password is stopped: ", commands, "; if it is not that, ", remedy.en),
          cat("ein Dienst, der das Passwort vielleicht kennt, ist angehalten: ", commands,
              "; ist es das nicht: ", remedy.de)};
}

}  // namespace pforte::gate
