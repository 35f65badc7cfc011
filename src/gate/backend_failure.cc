#include "gate/backend_failure.h"

#include <algorithm>
#include <array>

namespace pforte::gate {

Error clone(const Error& error) {
  return Error(error.kind(), error.code(), error.text());
}

bool is_of_queue(const Error& error) {
  return error.code() == "backend.queue-full" || error.code() == "backend.queue-timeout";
}

int status_for_client(const Error& error) {
  if (error.kind() == Kind::Limit) return 413;
  return error.kind() == Kind::Timeout ? 408 : 400;
}

int status_for_server(const Error& error) {
  if (is_of_queue(error)) return 503;
  if (error.kind() == Kind::Timeout) return 504;
  return error.code() == "gate.no-descriptor" || error.code() == "backend.none" ? 503 : 502;
}

Error backend_failure(const Error& error) {
  if (error.kind() == Kind::Timeout)
    return Error(Kind::Timeout, "backend.timeout", "the server did not answer in time");
  bool general = error.code().starts_with("net.") || error.code().starts_with("tls.");
  return general ? Error(error.kind(), "backend.broken", error.text()) : clone(error);
}

bool wants_http1(const Error& error) {
  return error.code() == "backend.http1-required";
}

bool before_anything_was_sent(const Error& error) {
  constexpr std::array<std::string_view, 9> kCodes{
      "backend.connect",     "backend.connect-timeout",     "backend.no-address",       "backend.tls",
      "backend.not-trusted", "backend.certificate-expired", "backend.certificate-name", "backend.no-http2",
      "backend.no-websocket"};
  return std::ranges::find(kCodes, error.code()) != kCodes.end();
}

}  // namespace pforte::gate
