#include "http/h2_answer.h"

#include "base/text.h"
#include "http/compose.h"
#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

// Of a field line that name and value do not have.
constexpr std::size_t kAroundLine = 4;

bool opens_tunnel(int status, const H2Answer::Asked& asked) {
  return asked.tunnel && status >= 200 && status < 300;
}

}  // namespace

void H2Answer::refuse(const Refusal& why) {
  if (!refused_) refused_ = &why;
}

// Three digits; the parser knows what may stand there. RFC 9113, 8.6 has no 101.
void H2Answer::take_status(std::string_view value) {
  bool digits = value.size() == 3 && find_not(Octet::Digit, value) == value.size();
  if (!digits || value == "101") return refuse(refusal::kH2Status);
  status_ = (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
}

void H2Answer::add(H2Field field, bool valid, const Limits& limits) {
  if (refused_) return;
  if (!valid || find_control(field.value, 0) != field.value.size()) return refuse(refusal::kH2Field);
  if (fields_.size() + field.name.size() + field.value.size() + kAroundLine > limits.head_bytes)
    return refuse(refusal::kHeadTooLarge);
  if (field.name == ":status") return take_status(field.value);
  if (field.name.starts_with(':')) return refuse(refusal::kH2Field);
  FieldName known = known_field(field.name);
  if (is_about_connection(known)) return refuse(refusal::kH2ConnectionField);
  has_length_ |= known == FieldName::ContentLength;
  append_field(fields_, field.name, field.value);
}

const Refusal* H2Answer::write(bool ends, const Asked& asked, std::string& heads) {
  if (status_ == 0) refuse(refusal::kH2Status);
  const Refusal* why = refused_;
  bool tunnel = opens_tunnel(status_, asked);
  // A tunnel has neither a length nor an end that the head could tell (RFC 9110, 9.3.6).
  if (tunnel && (has_length_ || ends)) why = &refusal::kBodyNotAllowed;
  if (!why) {
    heads += cat("HTTP/1.1 ", tunnel ? 101 : status_, " ", reason_of(tunnel ? 101 : status_), "\r\n");
    heads += fields_;
    if (tunnel) {
      heads += "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    } else if (!has_length_ && has_body(status_, asked.method)) {
      heads += ends ? "Content-Length: 0\r\n" : "Transfer-Encoding: chunked\r\n";
    }
    heads += "\r\n";
  }
  clear();
  return why;
}

void H2Answer::clear() {
  refused_ = nullptr;
  status_ = 0;
  fields_.clear();
  has_length_ = false;
}

}  // namespace pforte::http
