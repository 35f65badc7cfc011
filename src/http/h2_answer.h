#pragma once

#include <cstddef>
#include <string>

#include "http/h2_session.h"
#include "http/message.h"

namespace pforte::http {

// The fields of one answer over HTTP/2, written down as HTTP/1.1 has them, to be read by the same parser: whatever is
// refused there is refused here, and nothing is read in two ways. See H2Request, which does it for requests.
class H2Answer {
 public:
  // What the answer is to.
  struct Asked {
    Method method = Method::Get;
    bool tunnel = false;  // a CONNECT to a WebSocket (RFC 8441): a 2xx says that it is open
  };

  // Pseudo fields and others, in the order of arrival. What is too much is not kept. `valid` as in H2Events.
  void add(H2Field field, bool valid, const Limits& limits);

  // After the last one: adds the head to `heads`, or says why it cannot be one. `ends`: no body follows. Then ready for
  // the next head.
  const Refusal* write(bool ends, const Asked& asked, std::string& heads);

  // Of the head so far; 0: not known.
  int status() const { return status_; }

  void clear();

 private:
  void refuse(const Refusal& why);
  void take_status(std::string_view value);

  const Refusal* refused_ = nullptr;  // the first reason
  int status_ = 0;
  std::string fields_;  // "name: value" lines
  bool has_length_ = false;
};

}  // namespace pforte::http
