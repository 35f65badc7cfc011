#pragma once

#include <memory>
#include <string>

#include "coding/encoder.h"
#include "gate/compress_config.h"
#include "http/message.h"

namespace pforte::gate {

// Whose answer it is, as far as secrets in it go. Withheld: the application was not told who asks, nor given a cookie.
enum class Privacy : std::uint8_t { Anyone, Agent, Withheld };

// Whether an answer is compressed on its way to the client, and what its head says then (RFC 9110, 8.4, 12.5.3;
// RFC 9111, 5.2.2.6).
//
// Left as they are: what is coded already, parts, what forbids it (no-transform) or has a digest of its bytes, other
// types, and by default what may hold somebody's secrets: an answer that sets a cookie or says that it is private, or
// to a request with a cookie, with Authorization or of an agent. A static type is compressed to a request with a
// cookie all the same, and to the others if it says that it is public.
class AnswerCoding {
 public:
  explicit AnswerCoding(const CompressConfig& config) : config_(config) {}

  // Changes `head` accordingly. It has views into this object then.
  // Fails with Kind::Internal when memory is short.
  Result<std::unique_ptr<coding::Encoder>> take(const http::RequestHead& request, Privacy privacy,
                                                http::ResponseHead& head);

 private:
  bool can_be_coded(const http::RequestHead& request, const http::ResponseHead& head) const;
  bool may_be_coded(const http::RequestHead& request, Privacy privacy, const http::ResponseHead& head) const;
  void weaken_etag(http::ResponseHead& head);

  const CompressConfig& config_;
  std::string weak_etag_;
};

}  // namespace pforte::gate
