#include <algorithm>

#include "http/challenge.h"
#include "http/field_lines.h"
#include "http/head_reader.h"
#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

// "HTTP/1.1 200 OK". The space after the status may be missing with the reason (RFC 9112, 4 wants it; many omit it).
const Refusal* read_status_line(std::string_view line, ResponseHead& into) {
  constexpr std::size_t kShortest = std::string_view("HTTP/1.1 200").size();
  if (line.size() < kShortest || !line.starts_with("HTTP/")) return &refusal::kStatusLine;
  if (!line.starts_with("HTTP/1.0 ") && !line.starts_with("HTTP/1.1 ")) return &refusal::kVersion;
  into.minor_version = line[7] - '0';

  std::string_view status = line.substr(9, 3);
  if (find_not(Octet::Digit, status) != status.size() || status.front() == '0') return &refusal::kStatusLine;
  into.status = (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');

  std::string_view reason = line.substr(kShortest);
  if (reason.empty()) return nullptr;
  if (reason.front() != ' ') return &refusal::kStatusLine;
  into.reason = reason.substr(1);
  return nullptr;
}

// RFC 9112, 6.3.
const Refusal* read_framing(const Control& control, Method of_request, ResponseHead& into) {
  using enum Framing::Kind;
  // A length of zero is a common slip and harmless; a body that some client would wait for is not.
  bool bodiless = into.status < 200 || into.status == 204;
  if (bodiless && (control.chunked || control.length.value_or(0) != 0)) return &refusal::kBodyNotAllowed;

  if (bodiless || into.status == 304 || of_request == Method::Head) {
    into.body = {};
  } else if (control.chunked) {
    into.body = {.kind = Chunked};
  } else if (control.length) {
    into.body = {.kind = Length, .length = *control.length};
  } else {
    into.body = {.kind = UntilClose};
  }
  return nullptr;
}

const Refusal* read_head(std::string_view head, const Limits& limits, Method of_request, ResponseHead& into) {
  std::string_view line;
  if (const Refusal* why = take_line(head, line)) return why;
  if (const Refusal* why = read_status_line(line, into)) return why;
  if (const Refusal* why = read_field_lines(head, limits.fields, into.fields)) return why;

  Control control;
  if (const Refusal* why = read_control(into.fields, into.minor_version, control)) return why;
  if (const Refusal* why = read_framing(control, of_request, into)) return why;
  into.keep_alive = into.body.kind != Framing::Kind::UntilClose && keeps_alive(control, into.minor_version);
  into.connection_names_fields = control.names_fields;
  into.signs_in_connection = control.authenticates && std::ranges::any_of(into.fields, signs_in_connection);
  if (into.status == 101 && control.upgrade && control.upgrade_to) into.upgrade = control.upgrade_to->value;
  return nullptr;
}

}  // namespace

std::expected<void, Refusal> parse_response_head(std::string_view head, const Limits& limits, Method of_request,
                                                 ResponseHead& into) {
  into.clear();
  if (const Refusal* why = read_head(head, limits, of_request, into))
    return std::unexpected(refusal::from(Sender::Backend, *why));
  return {};
}

}  // namespace pforte::http
