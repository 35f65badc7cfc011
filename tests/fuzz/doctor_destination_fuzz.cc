// What names a destination names the same one when it is written back, and what does not says why in both languages.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/destination.h"
#include "doctor/proxy_connect.h"
#include "doctor/shown_command.h"

using namespace pforte::doctor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (words_of_page(text).size() > 160) std::abort();
  for (auto read : {read_url(text), read_host_port(text)}) {
    if (!read) {
      if (read.error().what.en.empty() || read.error().what.de.empty()) std::abort();
      continue;
    }
    std::string shown = to_text(*read);
    auto again = read->scheme == Scheme::Tls ? read_host_port(shown) : read_url(shown);
    if (!again || to_text(*again) != shown || again->host != read->host || again->port != read->port) std::abort();
    if (curl_command(*read).find('\n') != std::string::npos) std::abort();
  }
  auto proxy = read_proxy(text);
  if (proxy && proxy->password && to_text(*proxy).find('@') != std::string::npos) std::abort();
  return 0;
}
