#include "app/renewal_text.h"

#include "app/shown_json.h"
#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string names_in(const Json& renewal) {
  std::string names;
  for (const Json& name : structure(renewal, "names")) {
    if (name.is_string()) names += cat(names.empty() ? "" : ", ", printable(name.get_ref<const std::string&>()));
  }
  return names;
}

}  // namespace

std::string renewal_text(const Json& renewal, Language language) {
  bool german = language == Language::German;
  auto word = [&](std::string_view en, std::string_view de) { return german ? de : en; };
  const char* key = german ? "de" : "en";
  std::string expires = shown_text(renewal, "expires");
  std::string next = shown_text(renewal, "next_attempt");
  std::string text = cat("  ", names_in(renewal), word(" from ", " von "), shown_text(renewal, "ca"), ": ");
  text += expires.empty() ? std::string(word("no certificate yet", "noch kein Zertifikat"))
                          : cat(word("certificate until ", "Zertifikat bis "), expires);
  if (shown_text(renewal, "state") == "under-way") text += word(", an attempt is under way", ", ein Versuch läuft");
  if (!next.empty()) text += cat(word(", next attempt ", ", nächster Versuch "), next);
  text += '\n';
  if (shown_text(renewal, "code").empty()) return text;
  text += cat("    ", word("failed ", "gescheitert "), shown_text(renewal, "last_attempt"),
              word(", failures in a row: ", ", Fehlschläge in Folge: "), shown_number(renewal, "failures"), ": ",
              shown_text(structure(renewal, "problem"), key), '\n');
  return text + cat("    ", word("what to do: ", "Abhilfe: "), shown_text(structure(renewal, "remedy"), key), '\n');
}

}  // namespace pforte::app
