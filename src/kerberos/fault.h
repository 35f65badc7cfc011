#pragma once

#include <string_view>

#include "base/message.h"

namespace pforte::kerberos {

// What is wrong with something that the administrator has given us.
struct Fault {
  std::string_view code;  // of docs/errors.md, always a literal
  Message what;
  Message remedy;

  // Both, as two sentences.
  Message whole() const { return {what.en + ": " + remedy.en, what.de + ": " + remedy.de}; }
};

}  // namespace pforte::kerberos
