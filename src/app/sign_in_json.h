#pragma once

#include <string>

#include "admin/status.h"
#include "gate/sign_in_memory.h"

namespace pforte::app {

// What is known of one sign-in, with what helps where that is nothing.
struct SignInAnswer {
  std::string reference;
  gate::SignInFinding finding;
  admin::Time gate_since;
  std::string access_log;  // its file; "-" for standard output, empty: there is none
};

// The document of GET /api/v1/sign-ins/REFERENCE. Instants are RFC 3339 in UTC.
std::string json_of(const SignInAnswer& answer);

}  // namespace pforte::app
