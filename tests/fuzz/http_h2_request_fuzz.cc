// Whatever fields a client sends over HTTP/2: what is accepted is exactly one HTTP/1.1 request, which says the same
// when it is read once more, and no field of it is about an HTTP/1.1 connection unless we put it there.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "http/compose.h"
#include "http/h2_request.h"
#include "http/head_reader.h"

namespace {

using namespace pforte::http;

constexpr Limits kLimits{.request_line_bytes = 256, .head_bytes = 1024, .authorization_bytes = 256, .fields = 20};

// "name\0value\0name\0value\0…"; the first byte says whether a body follows.
std::vector<H2Field> fields_of(std::string_view text) {
  std::vector<H2Field> fields;
  while (!text.empty()) {
    std::size_t name_end = std::min(text.find('\0'), text.size());
    std::string_view rest = text.substr(std::min(name_end + 1, text.size()));
    std::size_t value_end = std::min(rest.find('\0'), rest.size());
    fields.push_back({text.substr(0, name_end), rest.substr(0, value_end)});
    text = rest.substr(std::min(value_end + 1, rest.size()));
  }
  return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  bool ends = data[0] % 2 == 0;
  H2Request request;
  for (const H2Field& field : fields_of({reinterpret_cast<const char*>(data) + 1, size - 1}))
    request.add(field, !field.name.empty(), kLimits);
  std::string head_text;
  RequestHead head;
  if (!request.read(ends, kLimits, head_text, head)) return 0;

  for (const Field& field : head.fields) {
    bool ours = field.known == FieldName::TransferEncoding ? !ends && field.value == "chunked"
                                                           : request.is_tunnel() && head.wants_upgrade;
    bool of_connection = field.known == FieldName::TransferEncoding || field.known == FieldName::Connection ||
                         field.known == FieldName::Upgrade || field.known == FieldName::KeepAlive;
    if (of_connection && !ours) std::abort();
  }
  std::string again;
  again.append(head.method_text).append(" ").append(head.target).append(" HTTP/1.1\r\n");
  append_fields(again, head.fields);
  again += "\r\n";
  RequestHead second;
  if (!parse_request_head(again, kLimits, second)) std::abort();
  if (second.path != head.path || second.query != head.query || second.authority != head.authority ||
      second.body != head.body || second.fields != head.fields)
    std::abort();
  return 0;
}
