#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "http/h2_session.h"
#include "http/message.h"

namespace pforte::http {

// The fields of one HTTP/2 request, written down as HTTP/1.1 has them and then read by the same parser: whatever is
// refused there is refused here, and nothing is read in two ways. A CONNECT to a WebSocket (RFC 8441) becomes the
// request to upgrade that it stands for.
class H2Request {
 public:
  // Pseudo fields and others, in the order of arrival. What is too much is not kept. `valid` as in H2Events.
  void add(H2Field field, bool valid, const Limits& limits);

  // After the last one. `ends`: no body follows. After a refusal `into` has what could be understood, so that the
  // client can be told in its language. The views of `into` point into `text`.
  [[nodiscard]] std::expected<void, Refusal> read(bool ends, const Limits& limits, std::string& text,
                                                  RequestHead& into);

  // What follows the head is no body, but the bytes of a WebSocket.
  bool is_tunnel() const { return protocol_ == "websocket"; }

  void clear();

 private:
  void add_pseudo(H2Field field);
  const Refusal* add_host(std::string_view value);
  const Refusal* write_head(bool ends, const Limits& limits, std::string& text);
  void refuse(const Refusal& why);

  const Refusal* refused_ = nullptr;  // the first reason
  std::string method_;
  std::string scheme_;
  std::string authority_;
  std::string path_;
  std::string protocol_;
  std::string host_;
  std::string fields_;   // "name: value" lines
  std::string cookies_;  // which may come one by one (RFC 9113, 8.2.3)
  std::size_t plain_bytes_ = 0;
  bool has_length_ = false;
};

}  // namespace pforte::http
