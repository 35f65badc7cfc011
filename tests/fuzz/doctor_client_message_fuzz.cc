#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "doctor/client_message.h"
#include "doctor/meant_message.h"

// A message is read the same once it is one line, and the host that is taken out of it, which goes into commands, has
// nothing but the letters of host names. What is named as meant is known.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::doctor;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string line = folded_message(text);
  if (folded_message(line) != line) std::abort();
  MessageReading reading = read_message(text);
  MessageReading again = read_message(line);
  if (reading.host != again.host || reading.status != again.status || reading.reference != again.reference)
    std::abort();
  if (reading.recognised.size() != again.recognised.size() || reading.recognised.size() > kMostRecognised) std::abort();
  std::string_view meant = reading.recognised.empty() ? meant_message(line) : std::string_view();
  if (!meant.empty() && read_message(meant).recognised.empty()) std::abort();
  for (char c : reading.host)
    if (!pforte::is_alphanumeric(c) && c != '.' && c != '-') std::abort();
  return 0;
}
