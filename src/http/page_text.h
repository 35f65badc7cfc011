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

  std::string_view link = {};  // a path of ours at which to do it
};

// Always something: what the code has of its own, or the status, or a general one.
const Explanation& explanation_of(int status, std::string_view code = {});

}  // namespace pforte::http
