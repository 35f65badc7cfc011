// What is read of a server's answer does not depend on how its bytes are cut; it is bounded; and what follows the end
// of an answer changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/tls_flight.h"

namespace {

using pforte::doctor::FlightReader;
using pforte::doctor::ServerFlight;

bool is_same(const ServerFlight& one, const ServerFlight& other) {
  if (one.hello.has_value() != other.hello.has_value() || one.alert.has_value() != other.alert.has_value())
    return false;
  if (one.hello && (one.hello->suite != other.hello->suite || one.hello->version != other.hello->version)) return false;
  if (one.alert && one.alert->number != other.alert->number) return false;
  return one.certificates == other.certificates && one.stapled == other.stapled &&
         one.authorities == other.authorities && one.banner == other.banner && one.fault.en == other.fault.en;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  FlightReader at_once, in_bytes;
  bool more = at_once.take(input);
  bool is_long = size > pforte::doctor::kMostFlightBytes;
  if (is_long && more) std::abort();
  if (is_long) return 0;
  bool wants = true;
  for (std::size_t i = 0; i < size && wants; ++i) wants = in_bytes.take(input.substr(i, 1));
  if (size > 0 && more != wants) std::abort();
  if (!is_same(at_once.flight(), in_bytes.flight())) std::abort();
  if (!more && at_once.take("x")) std::abort();

  const ServerFlight& flight = at_once.flight();
  if (flight.certificates.size() > pforte::doctor::kMostFlightCertificates) std::abort();
  if (flight.banner.size() > pforte::doctor::kMostBannerBytes) std::abort();
  return 0;
}
