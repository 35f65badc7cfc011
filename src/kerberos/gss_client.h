#pragma once

#include <string>

#include "base/error.h"

namespace pforte::kerberos {

// The first token of a client with the tickets in `cache`, as the library names it ("MEMORY:x"), to exactly this
// service. The ticket for it must be there: nobody is asked for one. Fails with Kind::Unavailable, in the library's
// words.
Result<std::string> first_token(const std::string& cache, const std::string& service);

}  // namespace pforte::kerberos
