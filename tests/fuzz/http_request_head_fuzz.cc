// Where a request head ends does not depend on how its bytes are cut, and a head that can be read is written back so
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

std::string written(const RequestHead& head) {
  std::string out;
  out.append(head.method_text).append(" ").append(head.target);
  out.append(head.minor_version == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  for (const Field& field : head.fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
  return out + "\r\n";
}

bool same(const RequestHead& a, const RequestHead& b) {
  return a.method == b.method && a.method_text == b.method_text && a.target == b.target && a.path == b.path &&
         a.query == b.query && a.authority == b.authority && a.minor_version == b.minor_version &&
         a.fields == b.fields && a.body == b.body && a.keep_alive == b.keep_alive &&
         a.expects_continue == b.expects_continue && a.wants_upgrade == b.wants_upgrade && a.upgrade == b.upgrade;
}

void check_read(std::string_view head) {
  RequestHead first;
  if (!parse_request_head(head, kLimits, first)) return;
  std::string copy = written(first);
  RequestHead second;
  if (!parse_request_head(copy, kLimits, second) || !same(first, second)) std::abort();
  // What the gate relies on.
  if (first.authority.empty() || first.target.empty() || first.body.kind == Framing::Kind::UntilClose) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_read(bytes);

  HeadScanner whole;
  auto length = whole.scan(bytes, kLimits);
  HeadScanner cut;
  std::size_t step = size > 0 ? 1 + data[size / 2] % 32U : 1;
  std::expected<std::size_t, Refusal> found = 0;
  for (std::size_t end = 0; end < size && found && *found == 0;) {
    end = std::min(end + step, size);
    // A copy, since the buffer may have grown elsewhere.
    std::string part(bytes.substr(0, end));
    found = cut.scan(part, kLimits);
  }
  if (length.has_value() != found.has_value() || (length && *length != *found)) std::abort();

  // At a glance it is the same head, or refused for the same reason.
  RequestHead head;
  auto parse = [&head](std::string_view text) { return parse_request_head(text, kLimits, head); };
  HeadScanner reader;
  auto read = read_head(reader, bytes, kLimits, parse);
  std::expected<std::size_t, Refusal> careful = length;
  if (auto parsed = length && *length > 0 ? parse(bytes.substr(0, *length)) : std::expected<void, Refusal>(); !parsed)
    careful = std::unexpected(parsed.error());
  if (read != careful) std::abort();
  if (length && *length > 0) check_read(bytes.substr(0, *length));
  return 0;
}
