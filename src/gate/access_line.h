#pragma once

#include <chrono>
#include <string>

#include "gate/record.h"

namespace pforte::gate {

// Writes records as lines of the access log: one JSON object and a \n each. Keeps what rarely changes from one line to
// the next, the second and the client; one for each thread.
//
// All keys are always there, in the same order; what a request did not have is null. `durations` are milliseconds
// with three decimals, by phase: connect_ms until a connection to the server was at hand, first_byte_ms from there
// until its answer began, transfer_ms from there to the end; they add up to total_ms.
class AccessLine {
 public:
  // At the end of `out`.
  void append(std::string& out, const Record& record);

 private:
  void append_time(std::string& out, std::chrono::system_clock::time_point time);
  void append_client(std::string& out, const net::Address& client);

  std::chrono::sys_seconds second_{std::chrono::seconds(-1)};
  std::string second_text_;
  net::Address client_;
  std::string client_text_;
};

}  // namespace pforte::gate
