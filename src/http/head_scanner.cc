#include <algorithm>

#include "http/head_reader.h"
#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

constexpr std::string_view kAuthorization = "authorization:";

bool is_authorization(std::string_view line) {
  return line.size() >= kAuthorization.size() && (line.front() | 0x20) == 'a' &&
         equals_ignoring_case(line.substr(0, kAuthorization.size()), kAuthorization);
}

// Of the control character at `at`, with one more behind it if it is a CR: null if it ends a line.
const Refusal* wrong_control(std::string_view bytes, std::size_t at) {
  // The CR may have been the last of the bytes before.
  if (bytes[at] == '\n') return at > 0 && bytes[at - 1] == '\r' ? nullptr : &refusal::kBareLf;
  if (bytes[at] != '\r') return &refusal::kControl;
  return bytes[at + 1] == '\n' ? nullptr : &refusal::kBareCr;
}

}  // namespace

std::expected<std::size_t, Refusal> HeadScanner::scan(std::string_view bytes, const Limits& limits) {
  auto refuse = [this](const Refusal& why) { return std::unexpected(refusal::from(sender_, why)); };

  // The CR that ended the bytes of the call before.
  if (seen_ > 0 && seen_ < bytes.size() && bytes[seen_ - 1] == '\r' && bytes[seen_] != '\n')
    return refuse(refusal::kBareCr);

  std::size_t at = find_control(bytes, seen_);
  while (at < bytes.size()) {
    if (bytes[at] == '\r' && at + 1 == bytes.size()) break;
    if (const Refusal* why = wrong_control(bytes, at)) {
      // What was too much before it was refused first where the bytes came in pieces.
      const Refusal* sooner = check_limits(bytes, at, limits);
      return refuse(sooner ? *sooner : *why);
    }
    if (bytes[at] == '\r') ++at;

    if (const Refusal* why = end_line(bytes, at, limits)) return refuse(*why);
    if (complete_) return at + 1;
    at = find_control(bytes, at + 1);
  }
  seen_ = bytes.size();

  // A CR at the end is not yet part of anything: the outcome must not depend on where the bytes were cut.
  std::size_t end = bytes.ends_with('\r') ? bytes.size() - 1 : bytes.size();
  if (const Refusal* why = check_limits(bytes, end, limits)) return refuse(*why);
  return 0;
}

std::size_t HeadScanner::glance(std::string_view bytes, const Limits& limits) const {
  std::size_t small = std::min(limits.request_line_bytes, limits.head_bytes);
  if (sender_ == Sender::Client) small = std::min(small, limits.authorization_bytes);
  return seen_ == 0 && bytes.size() <= small ? find_empty_line(bytes) : 0;
}

// The line that ends with the LF at `lf` is complete.
const Refusal* HeadScanner::end_line(std::string_view bytes, std::size_t lf, const Limits& limits) {
  std::string_view line = bytes.substr(line_, lf - 1 - line_);
  if (line.empty() && lines_ == 0) {
    // RFC 9112, 2.2: a client may have ended the body before with a CRLF that belongs to nothing.
    bool may_lead = sender_ == Sender::Client && line_ == 0;
    line_ = lf + 1;
    if (sender_ == Sender::Backend) return &refusal::kStatusLine;
    return may_lead ? nullptr : &refusal::kRequestLine;
  }

  complete_ = line.empty();
  if (const Refusal* why = check_limits(bytes, complete_ ? lf + 1 : lf - 1, limits)) return why;
  if (!complete_ && lines_ > limits.fields) return &refusal::kTooManyFields;
  authorization_bytes_ += credential_bytes(line);
  ++lines_;
  line_ = lf + 1;
  return nullptr;
}

// With the current line up to `end`.
const Refusal* HeadScanner::check_limits(std::string_view bytes, std::size_t end, const Limits& limits) const {
  std::string_view line = bytes.substr(line_, end - line_);
  if (lines_ == 0 && line.size() > limits.request_line_bytes) return &refusal::kTargetTooLong;
  if (end <= std::min(limits.head_bytes, limits.authorization_bytes)) return nullptr;

  std::size_t authorization = authorization_bytes_ + credential_bytes(line);
  if (authorization > limits.authorization_bytes) return &refusal::kAuthorizationTooLarge;
  return end - authorization > limits.head_bytes ? &refusal::kHeadTooLarge : nullptr;
}

// Of a client's Authorization line, complete or not: what follows the white space after the colon. White space at the
// end counts as well, since more of the value may come after it.
std::size_t HeadScanner::credential_bytes(std::string_view line) const {
  if (sender_ != Sender::Client || lines_ == 0 || !is_authorization(line)) return 0;
  std::string_view value = line.substr(kAuthorization.size());
  return value.size() - std::min(value.find_first_not_of(" \t"), value.size());
}

}  // namespace pforte::http
