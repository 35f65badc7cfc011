#pragma once

#include <string_view>

#include "app/command_line.h"
#include "app/complaint.h"
#include "app/streams.h"
#include "base/message.h"
#include "conf/problem.h"
#include "store/store.h"

namespace pforte::app {

// A command on the store, as it was typed, and what it works with.
struct StoreCall {
  const CommandLine& line;
  store::Store& store;
  Streams streams;

  bool german() const { return line.language == Language::German; }
  // To standard output, as it is.
  void print(std::string_view text) const;
  // What was done: `json` with --json, else `text` and the end of the line.
  void tell(const Message& text, std::string_view json) const;
  // To standard error, two lines.
  void warn(const Message& what, const Message& remedy) const;
  // To standard error, in the order of their places.
  void print_problems(const conf::Problems& problems) const;
};

// Runs `pforte agent`, `pforte service` and `pforte session`: on the store of the state folder that the configuration
// names, whether a gate runs or not. One that runs is told of changes. Returns the exit status.
int run_store_command(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
