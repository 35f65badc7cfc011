// Where a response head ends does not depend on how its bytes are cut, and a head that can be read is written back so
// that it reads the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/head_reader.h"

namespace {

using namespace pforte::http;

// Small, so that they are met.
constexpr Limits kLimits{.request_line_bytes = 100, .head_bytes = 400, .authorization_bytes = 200, .fields = 8};

std::string written(const ResponseHead& head) {
  std::string out = head.minor_version == 1 ? "HTTP/1.1 " : "HTTP/1.0 ";
  out.append(std::to_string(head.status)).append(" ").append(head.reason).append("\r\n");
  for (const Field& field : head.fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
  return out + "\r\n";
}

bool same(const ResponseHead& a, const ResponseHead& b) {
  return a.status == b.status && a.reason == b.reason && a.minor_version == b.minor_version && a.fields == b.fields &&
         a.body == b.body && a.keep_alive == b.keep_alive && a.signs_in_connection == b.signs_in_connection &&
         a.upgrade == b.upgrade;
}

void check_read(std::string_view head, Method of_request) {
  ResponseHead first;
  auto read = parse_response_head(head, kLimits, of_request, first);
  if (!read && read.error().status != 502) std::abort();
  if (!read) return;
  std::string copy = written(first);
  ResponseHead second;
  if (!parse_response_head(copy, kLimits, of_request, second) || !same(first, second)) std::abort();
  // What the gate relies on.
  if (first.body.kind == Framing::Kind::UntilClose && first.keep_alive) std::abort();
  if (of_request == Method::Head && first.body != Framing{}) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (Method method : {Method::Get, Method::Head}) check_read(bytes, method);

  HeadScanner whole(Sender::Backend);
  auto length = whole.scan(bytes, kLimits);
  HeadScanner cut(Sender::Backend);
  std::size_t step = size > 0 ? 1 + data[size / 2] % 32U : 1;
  std::expected<std::size_t, Refusal> found = 0;
  for (std::size_t end = 0; end < size && found && *found == 0;) {
    end = std::min(end + step, size);
    std::string part(bytes.substr(0, end));
    found = cut.scan(part, kLimits);
  }
  if (length.has_value() != found.has_value() || (length && *length != *found)) std::abort();

  // At a glance it is the same head, or refused for the same reason.
  ResponseHead head;
  auto parse = [&head](std::string_view text) { return parse_response_head(text, kLimits, Method::Get, head); };
  HeadScanner reader(Sender::Backend);
  auto read = read_head(reader, bytes, kLimits, parse);
  std::expected<std::size_t, Refusal> careful = length;
  if (auto parsed = length && *length > 0 ? parse(bytes.substr(0, *length)) : std::expected<void, Refusal>(); !parsed)
    careful = std::unexpected(parsed.error());
  if (read != careful) std::abort();
  if (length && *length > 0) check_read(bytes.substr(0, *length), Method::Get);
  return 0;
}
