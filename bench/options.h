#pragma once

#include <cstdint>
#include <string>

namespace pforte::bench {

// How requests follow one another.
enum class Mode : std::uint8_t {
  KeepAlive,  // every connection sends its next request when it has the answer
  Connect,    // every request has a connection of its own
  Idle,       // every connection sends one request and then stays
  OpenLoop,   // requests are due at fixed times, whether or not earlier ones have been answered
};

// The command line of `load`.
struct Options {
  Mode mode = Mode::KeepAlive;
  std::uint16_t port = 0;
  unsigned connections = 1;

  // The run ends with whichever comes first.
  double seconds = 1;
  std::uint64_t requests = 10'000'000;

  std::string path = "/1k";
  std::uint64_t upload_bytes = 0;  // more than 0: POST with a body of this size
  std::uint64_t expect_bytes = 0;  // an answer whose body has another size counts as an error
  double rate = 1000;              // requests per second, for Mode::OpenLoop
  bool resume = false;             // for Mode::Connect: with the ticket of the connection before

  // A file with a header field on each line: a request carries one of them, the next the next. Empty: none.
  std::string fields;
  bool once = false;  // no field is sent twice: there are as many requests, those that prepare included
};

// Ends the program with status 2 and a message on a wrong command line.
Options read_options(int count, char** words);

// Ends the program with status 2: for what makes a measurement impossible.
[[noreturn]] void stop(const std::string& why);

// The same, for a system call that has just failed.
[[noreturn]] void refused(const std::string& call);

}  // namespace pforte::bench
