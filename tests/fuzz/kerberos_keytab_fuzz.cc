// Whatever can be read is written so that it reads the same, without its holes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kerberos/keytab_records.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::kerberos;
  auto read = parse_keytab({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  pforte::Secret bytes = keytab_bytes(read->records);
  auto again = parse_keytab(bytes.reveal());
  if (!again || again->flaw || again->holes != 0 || again->records.size() != read->records.size()) std::abort();
  for (std::size_t i = 0; i < read->records.size(); ++i) {
    const KeytabRecord &one = read->records[i], &other = again->records[i];
    if (!one.is_same_identity(other) || one.key.reveal() != other.key.reveal() || one.written != other.written)
      std::abort();
  }
  return 0;
}
