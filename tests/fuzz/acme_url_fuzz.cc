// An address that can be read is written so that it reads the same, and its parts can stand in a request's head.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "acme/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::acme;
  auto url = parse_url({reinterpret_cast<const char*>(data), size});
  if (!url) return 0;
  for (std::string_view part : {std::string_view(url->host), std::string_view(url->target)}) {
    for (char c : part) {
      if (c <= ' ' || c >= 0x7f) std::abort();
    }
  }
  auto again = parse_url("https://" + url->authority() + url->target);
  if (!again && url->target.size() < 1000) std::abort();
  if (again && (again->host != url->host || again->port != url->port || again->target != url->target)) std::abort();
  return 0;
}
