#pragma once

#include <chrono>
#include <string>

#include "base/error.h"

namespace pforte::acme {

// What the administrator's program is to do with a TXT record: `PROGRAM add|remove NAME VALUE`.
struct HookCall {
  std::string program;
  bool add = true;
  std::string name;   // "_acme-challenge.crm.example.com"
  std::string value;  // of the record
};

// Runs the program to its end: without a shell, with PATH alone in its environment and nothing to read. One that takes
// longer than `limit` is ended with all it has started. Blocks.
//
// Fails with Kind::Unavailable (acme.hook): it cannot be started, ended with another status than 0, whose last words
// the text has, or took too long.
Result<> run_hook(const HookCall& call, std::chrono::milliseconds limit);

}  // namespace pforte::acme
