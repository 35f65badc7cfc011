#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pforte::doctor {

struct HttpField {
  std::string name, value;
};

// What is asked of a server, by GET unless something else is said.
struct HttpQuestion {
  std::string path = "/";              // with its query
  std::vector<HttpField> fields = {};  // besides Host and User-Agent
  std::string_view upgrade = {};       // to what the connection is to change: "websocket"
  bool asks_before_the_body = false;   // OPTIONS with a body of one letter, and Expect: 100-continue
};

// What it answered.
struct HttpAnswer {
  int status = 0;
  std::string reason;
  bool http2 = false;
  int minor_version = 1;
  std::vector<HttpField> fields;
  std::vector<int> interim;             // statuses that came before, as 100 and 103
  bool body_unasked = false;            // neither "100 Continue" nor an answer came in time
  std::string body;                     // the first 64 KiB of it
  std::optional<Error> body_fault;      // why it did not come to its end
  bool keep_alive = false;              // the server says that the connection goes on
  bool goes_on = false;                 // and nothing stands against it: no byte came behind the answer
  std::chrono::milliseconds waited{0};  // for the head, from when the request had left

  // The first field of that name, whatever its case; null if there is none.
  const std::string* find(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
};

}  // namespace pforte::doctor
