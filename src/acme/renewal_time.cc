#include "acme/renewal_time.h"

#include <algorithm>

#include "crypto/digest.h"

namespace pforte::acme {
namespace {

using std::chrono::seconds;

constexpr seconds kFirstPause = std::chrono::minutes(1);
constexpr seconds kLongestWait = std::chrono::days(1);
constexpr int kThousand = 1000;

seconds part_of(seconds whole, Spread spread) {
  return seconds(whole.count() * spread / kThousand);
}

}  // namespace

Spread spread_of(std::string_view names) {
  crypto::Sha256 digest = crypto::sha256(names);
  return Spread((digest[0] * 256 + digest[1]) % kThousand);
}

Time regular_renewal(Time not_before, Time not_after, Spread spread) {
  seconds lifetime = not_after - not_before;
  return not_after - lifetime / 3 - part_of(lifetime / 30, spread);
}

Time renewal_within(const RenewalInfo& window, Spread spread) {
  return window.from + part_of(window.until - window.from, spread);
}

std::chrono::seconds pause_after(unsigned failures, std::chrono::seconds asked, Spread spread) {
  seconds pause = kFirstPause;
  for (unsigned i = 1; i < failures && pause < kLongestWait; ++i) pause *= 4;
  pause = std::max(std::min(pause, kLongestWait), asked);
  return pause + part_of(pause / 10, spread);
}

}  // namespace pforte::acme
