#include "http/body_pace.h"

#include <algorithm>

namespace pforte::http {

Result<net::Duration> BodyPace::patience() const {
  net::Duration patience = pace_.longest_wait;
  if (pace_.bytes_per_second == 0) return patience;
  net::Duration earned = std::chrono::seconds(bytes_ / pace_.bytes_per_second);
  net::Duration left = pace_.longest_wait + earned - waited_;
  if (left <= net::Duration::zero()) return std::unexpected(body_too_slow());
  return std::min(patience, left);
}

Error body_too_slow() {
  return Error(Kind::Timeout, "http.body-too-slow", "the body of the request arrives too slowly");
}

}  // namespace pforte::http
