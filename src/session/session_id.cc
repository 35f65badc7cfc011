#include "session/session_id.h"

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/random.h"

namespace pforte::session {

std::string new_session_id(Time began) {
  constexpr int kTimeBits = 48;
  constexpr std::size_t kChanceBytes = 10;
  auto time = std::uint64_t(in_milliseconds(began));
  std::string bytes;
  for (int shift = kTimeBits - 8; shift >= 0; shift -= 8) bytes += char(time >> shift);
  return to_base64url(bytes + crypto::random_bytes(kChanceBytes));
}

}  // namespace pforte::session
