#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/http_fields.h"
#include "doctor/http_redirects.h"

// Whatever a server sends in these fields is read or not, and where it leads to can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::doctor;
  std::string_view value(reinterpret_cast<const char*>(data), size);
  read_hsts(value);
  if (read_set_cookie(value).name.size() > size) std::abort();
  Destination from = read_url("https://crm.example.com/app/page").value();
  std::optional<Destination> to = resolve_location(from, value);
  if (to && (to->host.empty() || to->port == 0 || !to->path.starts_with('/'))) std::abort();
  return 0;
}
