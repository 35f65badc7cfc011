// The host of a server_name extension lies inside it and is what its header announces; an extension that is written as
// RFC 6066 has it is read back as it was written.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tls/client_hello.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pforte::tls::host_in_server_name;
  auto host = host_in_server_name({data, size});
  if (host) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(host->data());
    if (host->empty() || first < data + 5 || first + host->size() > data + size) std::abort();
    if (first[-3] != 0 || (std::size_t(first[-2]) << 8 | first[-1]) != host->size()) std::abort();
  }
  if (size == 0 || size > 1000) return 0;
  constexpr std::size_t kMostName = 255;  // RFC 1035, 2.3.4

  // The input as a name, behind one of another type.
  std::string names{'\x01', '\0', '\x02', 'x', 'y', '\0', char(size >> 8), char(size)};
  names.append(reinterpret_cast<const char*>(data), size);
  std::string written{char(names.size() >> 8), char(names.size())};
  written += names;
  auto read = host_in_server_name({reinterpret_cast<const std::uint8_t*>(written.data()), written.size()});
  if (read.has_value() != (size <= kMostName)) std::abort();
  if (read && *read != std::string_view(reinterpret_cast<const char*>(data), size)) std::abort();
  return 0;
}
