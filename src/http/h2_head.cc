#include "http/h2_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"

namespace pforte::http {

namespace {

// Digits of a status and of a length.
constexpr std::size_t kNumbers = 24;

template <class N>
std::string_view append_digits(std::string& text, N number) {
  std::array<char, 20> digits;
  char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  std::size_t before = text.size();
  text.append(digits.data(), end);
  return std::string_view(text).substr(before);
}

}  // namespace

void H2Head::reserve(const Fields& fields, std::size_t more) {
  std::size_t names = kNumbers + more;
  for (const Field& field : fields) names += field.name.size();
  clear();
  text_.reserve(names);
}

void H2Head::add(const Field& field) {
  if (is_about_connection(field.known) || field.known == FieldName::SecWebsocketAccept) return;
  std::size_t before = text_.size();
  for (char c : field.name) text_ += lower(c);
  bool secret = field.known == FieldName::Authorization || field.known == FieldName::Cookie;
  fields_.push_back({std::string_view(text_).substr(before), field.value, secret});
}

std::span<const H2Field> H2Head::write(const ResponseHead& head) {
  reserve(head.fields);
  fields_.push_back({":status", append_digits(text_, head.status == 101 ? 200 : head.status)});
  for (const Field& field : head.fields) add(field);
  if (head.body.kind == Framing::Kind::Length)
    fields_.push_back({"content-length", append_digits(text_, head.body.length)});
  return fields_;
}

std::span<const H2Field> H2Head::write(const RequestHead& head, std::string_view scheme) {
  reserve(head.fields, head.path.size() + head.query.size());
  const Field* host = head.find(FieldName::Host);
  fields_.push_back({":method", head.wants_upgrade ? "CONNECT" : head.method_text});
  if (head.wants_upgrade) fields_.push_back({":protocol", "websocket"});
  fields_.push_back({":scheme", scheme});
  fields_.push_back({":authority", host ? host->value : head.authority});
  std::string_view path = text_.append(head.path).append(head.query);
  fields_.push_back({":path", path});
  for (const Field& field : head.fields) {
    bool apart = field.known == FieldName::Host || (head.wants_upgrade && field.known == FieldName::SecWebsocketKey);
    if (!apart) add(field);
  }
  if (head.body.kind == Framing::Kind::Length)
    fields_.push_back({"content-length", append_digits(text_, head.body.length)});
  // We pass trailers on; applications that speak gRPC take it for a sign that nobody on the way drops them.
  fields_.push_back({"te", "trailers"});
  return fields_;
}

std::span<const H2Field> H2Head::write_trailers(const Fields& trailers) {
  reserve(trailers);
  for (const Field& field : trailers) add(field);
  return fields_;
}

void H2Head::clear() {
  text_.clear();
  fields_.clear();
}

}  // namespace pforte::http
