#include "doctor/finding.h"

#include <utility>

namespace pforte::doctor {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::Ok:
      return "ok";
    case Level::Note:
      return "note";
    case Level::Warning:
      return "warning";
    case Level::Error:
      return "error";
  }
  std::unreachable();
}

std::string_view word_for(Level level, Language language) {
  if (language == Language::English) return name_of(level);
  switch (level) {
    case Level::Ok:
      return "ok";
    case Level::Note:
      return "Hinweis";
    case Level::Warning:
      return "Warnung";
    case Level::Error:
      return "Fehler";
  }
  std::unreachable();
}

}  // namespace pforte::doctor
