#pragma once

#include <cstdint>

#include "conf/reader.h"

namespace pforte::gate {

// What a request needs besides an allowed path: `sign_in` of a site or a rule.
enum class SignInNeed : std::uint8_t {
  None,      // nobody is asked, and the application is not told who it is
  Optional,  // the application is told if somebody has signed in
  Required,
  Token,  // machine clients: a ticket or a token with every request; no form, no session
};

// Reads the key `sign_in`.
SignInNeed read_sign_in_need_config(conf::Reader& keys, SignInNeed otherwise);

}  // namespace pforte::gate
