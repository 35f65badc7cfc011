#pragma once

#include <string_view>

#include "base/error.h"

namespace pforte::kerberos {

// Remembers the authenticators that were accepted, for as long as one could be accepted again (twice the clock skew),
// so that none is accepted twice. Exact: neither lets one through nor refuses a fresh one. Any thread.
//
// An interface, so that nodes can share what they have seen.
class ReplayGuard {
 public:
  virtual ~ReplayGuard() = default;

  // Whether this is the first time; from now on it is not. `authenticator` is Token::authenticator. Fails with
  // Kind::Unavailable when it cannot remember (disk full, node away): then the ticket must be refused.
  virtual Result<bool> is_first(std::string_view authenticator) = 0;
};

}  // namespace pforte::kerberos
