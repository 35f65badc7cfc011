#pragma once

#include <string>

namespace pforte {

enum class Language { English, German };

// A text for people, in both of our languages. Logs are written in English; what an administrator asks for on
// the command line, and what an agent sees in a browser, comes in the language they chose.
struct Message {
  std::string en;
  std::string de;

  const std::string& in(Language language) const { return language == Language::German ? de : en; }
};

}  // namespace pforte
