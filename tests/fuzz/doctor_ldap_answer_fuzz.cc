// An answer has a result code of one byte and no more words than came; its first byte alone is none.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/ldap_answer.h"

using namespace pforte::doctor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  LdapAnswer answer;
  if (read_start_tls_answer(bytes, answer) != LdapReading::Whole) return 0;
  if (answer.code < 0 || answer.code > 255 || answer.words.size() > size) std::abort();
  LdapAnswer none;
  if (read_start_tls_answer(bytes.substr(0, 1), none) == LdapReading::Whole) std::abort();
  return 0;
}
