// Whatever is found in a file of contacts reads the same when it is written once more, and no more is taken than there
// is.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "contact/record.h"
#include "contact/segment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::contact;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (read_segment(bytes, [](const Contact&) {}) > size) std::abort();
  // The same as a record, whose checksum would have to be guessed.
  auto contact = read_record(bytes);
  if (!contact) return 0;
  std::string segment = segment_header(1) + framed(to_record(*contact), 1);
  std::size_t count = 0;
  std::size_t taken = read_segment(segment, [&](const Contact& again) {
    if (again != *contact) std::abort();
    ++count;
  });
  if (taken != segment.size() || count != 1) std::abort();
  return 0;
}
