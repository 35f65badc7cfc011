#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "base/error.h"
#include "identity/provider_answer.h"
#include "kerberos/presentation.h"

namespace pforte::gate {

// What was found out of somebody who wants to sign in, on the threads where that blocks; also when it came to nothing.
struct Inquiry {
  std::optional<kerberos::Presentation> ticket;
  std::vector<identity::ProviderAnswer> providers;  // asked for a password, in this order
  std::chrono::microseconds waited{};               // for a thread
  std::chrono::microseconds accepting{};            // the ticket
  std::chrono::microseconds finding{};              // the agent of a ticket or a token, in our own store
};

// A value, or why there is none, with what was found out on the way.
template <class T>
struct Inquired {
  Result<T> came;
  Inquiry inquiry;
};

}  // namespace pforte::gate
