#include "crypto/random.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"

namespace pforte::crypto {

std::string random_bytes(std::size_t count) {
  constexpr std::size_t kMostAtOnce = 256;  // getentropy(3)
  std::string bytes(count, '\0');
  for (std::size_t done = 0; done < count; done += kMostAtOnce) {
    if (getentropy(bytes.data() + done, std::min(kMostAtOnce, count - done)) != 0) std::abort();
  }
  return bytes;
}

std::string random_id() {
  return to_base64url(random_bytes(16));
}

}  // namespace pforte::crypto
