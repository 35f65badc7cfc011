#pragma once

#include <string_view>

#include "base/message.h"

namespace pforte::http {

// A literal in both of our languages.
struct Wording {
  std::string_view en;
  std::string_view de;

  constexpr std::string_view in(Language language) const { return language == Language::German ? de : en; }
};

// What a page says about a status.
struct Explanation {
  int status;
  bool tells_code;  // the reason is about the client's own request, so that the client may read it
  Wording title;
  Wording what;    // happened
  Wording remedy;  // what the reader can do
};

// Always something: a general one for a status that has none of its own.
const Explanation& explanation_of(int status);

}  // namespace pforte::http
