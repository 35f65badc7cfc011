#include "app/unread_configuration.h"

#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::app {

Complaint unread_configuration(const std::string& file, const conf::Problems& problems) {
  std::string check = cat("pforte check --config ", shell_word(file));
  for (const conf::Problem& one : problems.in_order()) {
    if (one.severity != conf::Severity::Error) continue;
    Message remedy = one.remedy;
    if (remedy.en.empty())
      remedy = {cat("`", check, "` tells of all that is wrong"), cat("`", check, "` nennt alles, was nicht stimmt")};
    return {one.place.line == 0 ? file : conf::to_text(one.place), kInvalidInput, one.what, remedy};
  }
  return {file,
          kInvalidInput,
          {"the configuration cannot be read", "die Konfiguration lässt sich nicht lesen"},
          {"name another: --config FILE", "eine andere nennen: --config DATEI"}};
}

}  // namespace pforte::app
