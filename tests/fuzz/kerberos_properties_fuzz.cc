// Every property stands where it says, and written with escapes it reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kerberos/java_properties.h"

namespace {

using namespace pforte;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    std::size_t control = std::string_view("\t\n\r\f").find(c);
    if (control != std::string_view::npos) {
      out += '\\';
      out += "tnrf"[control];
    } else {
      if (std::string_view(" :=#!\\").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  conf::Problems problems;
  std::uint32_t line = 0;
  for (const kerberos::Property& one : kerberos::read_java_properties(text, "f", problems)) {
    if (one.key.place.line < line || one.value.place.line < one.key.place.line) std::abort();
    line = one.key.place.line;
    conf::Problems none;
    // The line end stands before what could be a byte order mark.
    auto again =
        kerberos::read_java_properties("\n" + escaped(one.key.value) + "=" + escaped(one.value.value), "f", none);
    if (again.size() != 1 || again[0].key.value != one.key.value || again[0].value.value != one.value.value)
      std::abort();
    if (!none.all().empty()) std::abort();
  }
  return 0;
}
