// Where a browser is returned to is what was asked for or the start page, and a path that no browser takes for a site.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/return_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::gate;
  std::string_view asked(reinterpret_cast<const char*>(data), size);
  std::string path = safe_return_path(asked);
  if (path != asked && path != "/") std::abort();
  if (path[0] != '/' || path.starts_with("//") || path.size() > kMostReturnPathBytes) std::abort();
  if (!std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7f && c != '\\'; })) std::abort();
  if (path.starts_with("/.pforte/") || path.starts_with("/../")) std::abort();
  if (safe_return_path(path) != path) std::abort();
  return 0;
}
