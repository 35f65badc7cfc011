#include "doctor/finding.h"

#include <utility>

#include "base/text.h"

namespace pforte::doctor {
namespace {

// In the order of ClientKind.
constexpr Words kClientWords[] = {{"browsers", "Browser"}, {"apps", "Apps"}, {"Java", "Java"}, {"OpenSSL", "OpenSSL"}};

}  // namespace

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

std::string words_for(const std::vector<pki::ClientKind>& clients, Language language) {
  std::string words;
  for (pki::ClientKind kind : clients)
    words += cat(words.empty() ? "" : ", ", kClientWords[std::size_t(kind)].in(language));
  return words;
}

}  // namespace pforte::doctor
