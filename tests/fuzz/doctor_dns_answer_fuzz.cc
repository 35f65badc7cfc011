// Whatever is read of an answer to a question is bounded by what came: no alias and no address out of nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "doctor/dns_answer.h"

using namespace pforte::doctor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string question = dns_question(0x1234, "crm.example", DnsType::A).value();
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto read = read_dns_answer(bytes, question);
  if (!read) return 0;
  std::size_t others = read->services.size() + read->names.size() + read->texts.size();
  if (read->aliases.size() + read->addresses.size() + others > size / 11) std::abort();
  if (read->addresses.empty() && read->aliases.empty() && others == 0 && read->ttl != 0) std::abort();
  return 0;
}
