#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "http/message.h"

namespace pforte::http {

// Finds the end of a head in bytes that grow from call to call. No byte is looked at twice, and what can never
// become a good head (a bare CR or LF, a control character, too much of anything) is refused at once.
class HeadScanner {
 public:
  explicit HeadScanner(Sender sender = Sender::Client) : sender_(sender) {}

  // `bytes` begins with the head and with the bytes of the call before (it may stand elsewhere now).
  // Length of the head with its empty line; 0 if more bytes are needed. A client's head may have one CRLF in front,
  // which counts. After a length or a refusal: reset().
  [[nodiscard]] std::expected<std::size_t, Refusal> scan(std::string_view bytes, const Limits& limits);

  // As much as scan() would find, at a glance: 0 if it takes more than one. What else can be wrong with such a head
  // than its size, parse_request_head() and parse_response_head() find as well.
  [[nodiscard]] std::size_t glance(std::string_view bytes, const Limits& limits) const;

  // Ready for the next head.
  void reset() { *this = HeadScanner(sender_); }

 private:
  const Refusal* end_line(std::string_view bytes, std::size_t lf, const Limits& limits);
  const Refusal* check_limits(std::string_view bytes, std::size_t end, const Limits& limits) const;
  std::size_t credential_bytes(std::string_view line) const;

  Sender sender_;
  std::size_t seen_ = 0;                 // bytes looked at
  std::size_t line_ = 0;                 // where the current line begins
  std::size_t lines_ = 0;                // complete ones, without a leading CRLF
  bool complete_ = false;                // the empty line has come
  std::size_t authorization_bytes_ = 0;  // credentials in complete Authorization lines
};

// Reads a whole request head, as measured by HeadScanner, into `into` (cleared first; unspecified after a refusal).
// The views of `into` point into `head`. Strict: whatever two parsers have ever read differently is refused.
//
// HTTP/1.0 needs a Host field here as well: without one the site cannot be told.
// Of the limits, only those of the first line and the number of fields are looked at; the rest is the scanner's.
// The target's path is checked for legal bytes only; what its percent-encodings mean is decided elsewhere.
// Source: RFC 9112, 2 to 6; RFC 9110, 5 and 7.
[[nodiscard]] std::expected<void, Refusal> parse_request_head(std::string_view head, const Limits& limits,
                                                              RequestHead& into);

// The same for a response to a request with the method `of_request`. Refusals have status 502.
// Source: RFC 9112, 4 to 6.
[[nodiscard]] std::expected<void, Refusal> parse_response_head(std::string_view head, const Limits& limits,
                                                               Method of_request, ResponseHead& into);

// scan() of a scanner that has seen the beginning of `bytes`, and then `parse` of the head: its length, 0 if more bytes
// are needed. Most heads come whole, and are small and good; then `parse` is all. It may be asked twice.
template <class Parse>
[[nodiscard]] std::expected<std::size_t, Refusal> read_head(HeadScanner& scanner, std::string_view bytes,
                                                            const Limits& limits, Parse parse) {
  std::size_t likely = scanner.glance(bytes, limits);
  if (likely > 0 && parse(bytes.substr(0, likely))) return likely;
  std::expected<std::size_t, Refusal> length = scanner.scan(bytes, limits);
  if (!length || *length == 0) return length;
  scanner.reset();
  std::expected<void, Refusal> parsed = parse(bytes.substr(0, *length));
  if (!parsed) return std::unexpected(parsed.error());
  return length;
}

}  // namespace pforte::http
