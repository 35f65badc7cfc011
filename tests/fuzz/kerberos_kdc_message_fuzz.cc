// What is read of a KDC's answer is bounded, and a reply tells which key seals its ticket.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kerberos/kdc_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::kerberos;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto message = read_kdc_message(bytes);
  if (!message) return 0;
  if (message->offered.size() > 64 || message->text.size() > size || message->realm.size() > size) std::abort();
  if ((message->kind == KdcMessage::Kind::Error) != message->now.has_value()) std::abort();
  // Strict: what is read has nothing behind it.
  if (read_kdc_message(std::string(bytes) + '\0')) std::abort();
  return 0;
}
