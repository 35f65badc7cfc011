#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "app/command_line.h"
#include "app/complaint.h"

namespace pforte::app {

// What `pforte capture` was asked for.
struct CaptureQuestion {
  std::chrono::milliseconds lasts{};
  std::string file;  // "-": standard output
  std::uint64_t limit = 0;
  std::string client;  // a network; empty: everybody
  std::string site;    // a host in lower case; empty: all
  bool secrets = true;

  bool to_output() const { return file == "-"; }
  // A client or a host that was named; empty: neither.
  const std::string& whom() const { return client.empty() ? site : client; }
  // Of the control socket, for somebody called so.
  std::string target(std::string_view by) const;
};

// Reads the options. What is wrong or missing is a complaint: --for, -o, and a filter or --all there must be.
Answer<CaptureQuestion> read_capture_question(const CommandLine& line);

}  // namespace pforte::app
