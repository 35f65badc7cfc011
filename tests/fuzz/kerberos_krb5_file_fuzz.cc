// Whatever the text, each relation and doubt stands on a line of it, and is found by its path.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kerberos/krb5_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto file = pforte::kerberos::read_krb5_file(text, "f");
  auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
  auto stands = [&](const pforte::conf::Place& place) { return place.line >= 1 && place.line <= lines; };
  for (const auto& relation : file.relations) {
    if (!stands(relation.place) || relation.path.size() < 2 || relation.path.size() > 34) std::abort();
  }
  for (const auto& doubt : file.doubts) {
    if (!stands(doubt.place) || doubt.what.en.empty() || doubt.remedy.de.empty()) std::abort();
  }
  return 0;
}
