// A reply is no longer than what came, has a code that replies have, and reads the same when nothing is behind it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "doctor/smtp_reply.h"

using namespace pforte::doctor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  SmtpReply reply;
  std::size_t taken = 0;
  if (read_smtp_reply(bytes, reply, taken) != SmtpReading::Whole) return 0;
  if (taken > size || reply.code < 200 || reply.code > 599 || reply.lines.empty()) std::abort();
  SmtpReply again;
  std::size_t all = 0;
  if (read_smtp_reply(bytes.substr(0, taken), again, all) != SmtpReading::Whole || all != taken) std::abort();
  if (again.text() != reply.text()) std::abort();
  if (read_smtp_reply(bytes.substr(0, taken - 1), again, all) == SmtpReading::Whole) std::abort();
  return 0;
}
