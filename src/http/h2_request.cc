#include "http/h2_request.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "base/bytes.h"
#include "http/authority.h"
#include "http/compose.h"
#include "http/head_reader.h"
#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

// Of a field line that the values alone do not have.
constexpr std::size_t kAroundField = 4;

// RFC 6455, 4.1: a WebSocket over HTTP/2 has none, and an application that speaks HTTP/1.1 wants one.
std::string websocket_key() {
  std::array<char, 16> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != ssize_t(bytes.size())) std::abort();
  return to_base64({bytes.data(), bytes.size()});
}

bool has_control(std::string_view text) {
  return find_control(text, 0) != text.size();
}

}  // namespace

void H2Request::refuse(const Refusal& why) {
  if (!refused_) refused_ = &why;
}

void H2Request::add(H2Field field, bool valid, const Limits& limits) {
  if (!valid || has_control(field.value)) return refuse(refusal::kH2Field);
  FieldName known = known_field(field.name);
  if (known == FieldName::Authorization && field.value.size() > limits.authorization_bytes)
    return refuse(refusal::kAuthorizationTooLarge);
  plain_bytes_ += field.name.size() + kAroundField;
  if (known != FieldName::Authorization) plain_bytes_ += field.value.size();
  if (plain_bytes_ > limits.head_bytes) return refuse(refusal::kHeadTooLarge);
  if (is_about_connection(known)) return refuse(refusal::kH2ConnectionField);
  if (field.name.starts_with(':')) return add_pseudo(field);
  if (known == FieldName::Host) {
    if (const Refusal* why = add_host(field.value)) refuse(*why);
  } else if (known == FieldName::Cookie) {
    if (!cookies_.empty()) cookies_ += "; ";
    cookies_ += field.value;
  } else if (!is_tunnel() || known != FieldName::SecWebsocketKey) {
    has_length_ |= known == FieldName::ContentLength;
    // Several are refused by the parser; more memory than for one they do not get.
    if (fields_.size() > limits.longest_head()) return refuse(refusal::kHeadTooLarge);
    append_field(fields_, field.name, field.value);
  }
}

// nghttp2 lets each of them through once, and only before the others.
void H2Request::add_pseudo(H2Field field) {
  struct Row {
    std::string_view name;
    std::string H2Request::* into;
  };
  static constexpr std::array<Row, 5> kRows{{{":method", &H2Request::method_},
                                             {":scheme", &H2Request::scheme_},
                                             {":authority", &H2Request::authority_},
                                             {":path", &H2Request::path_},
                                             {":protocol", &H2Request::protocol_}}};
  for (const Row& row : kRows) {
    if (field.name == row.name) this->*row.into = field.value;
  }
}

const Refusal* H2Request::add_host(std::string_view value) {
  if (!host_.empty()) return &refusal::kHostRepeated;
  host_ = value;
  return nullptr;
}

// As if it had come over HTTP/1.1.
const Refusal* H2Request::write_head(bool ends, const Limits& limits, std::string& text) {
  bool connects = method_ == "CONNECT" && protocol_.empty();
  if (!protocol_.empty() && !is_tunnel()) return &refusal::kH2Protocol;
  if (!is_token(method_)) return &refusal::kMethod;
  if (!connects && scheme_ != "https" && scheme_ != "http") return &refusal::kTargetScheme;
  if (!connects && path_ != "*" && !path_.starts_with('/')) return &refusal::kH2Path;
  if (path_.size() > limits.request_line_bytes) return &refusal::kTargetTooLong;
  // Whoever names no authority may have been translated from HTTP/1.1 (RFC 9113, 8.3.1).
  const std::string& host = authority_.empty() ? host_ : authority_;
  Scheme scheme = scheme_ == "http" ? Scheme::Http : Scheme::Https;
  if (!authority_.empty() && !host_.empty() && !same_authority(authority_, host_, scheme))
    return &refusal::kHostDiffers;

  text.append(is_tunnel() ? "GET" : method_).append(" ").append(connects ? authority_ : path_).append(" HTTP/1.1\r\n");
  append_field(text, "Host", host);
  text += fields_;
  if (!cookies_.empty()) append_field(text, "Cookie", cookies_);
  if (is_tunnel()) {
    append_field(text, "Connection", "Upgrade");
    append_field(text, "Upgrade", protocol_);
    append_field(text, "Sec-WebSocket-Key", websocket_key());
  } else if (!ends && !has_length_) {
    append_field(text, "Transfer-Encoding", "chunked");
  }
  text += "\r\n";
  return nullptr;
}

std::expected<void, Refusal> H2Request::read(bool ends, const Limits& limits, std::string& text, RequestHead& into) {
  into.clear();
  if (const Refusal* why = write_head(ends, limits, text)) {
    if (!refused_) refused_ = why;
    return std::unexpected(*refused_);
  }
  HeadScanner scanner;
  auto length =
      read_head(scanner, text, limits, [&](std::string_view head) { return parse_request_head(head, limits, into); });
  if (length && *length != text.size()) length = std::unexpected(refusal::kIncomplete);
  if (!length) into.clear();
  if (refused_) return std::unexpected(*refused_);
  if (!length) return std::unexpected(length.error());
  return {};
}

void H2Request::clear() {
  refused_ = nullptr;
  for (std::string* text : {&method_, &scheme_, &authority_, &path_, &protocol_, &host_, &fields_, &cookies_})
    text->clear();
  plain_bytes_ = 0;
  has_length_ = false;
}

}  // namespace pforte::http
