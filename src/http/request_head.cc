#include <algorithm>

#include "http/authority.h"
#include "http/field_lines.h"
#include "http/head_reader.h"
#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

Method method_of(std::string_view text) {
  struct Row {
    std::string_view text;
    Method method;
  };
  static constexpr Row kRows[] = {
      {"GET", Method::Get},     {"POST", Method::Post},     {"HEAD", Method::Head},
      {"PUT", Method::Put},     {"DELETE", Method::Delete}, {"OPTIONS", Method::Options},
      {"PATCH", Method::Patch}, {"TRACE", Method::Trace},   {"CONNECT", Method::Connect},
  };
  for (const Row& row : kRows) {
    if (text == row.text) return row.method;
  }
  return Method::Other;
}

// "HTTP/1.1" (RFC 9112, 2.3). Another version in the right form is told from garbage.
const Refusal* read_version(std::string_view text, int& minor_version) {
  bool shaped =
      text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
  if (!shaped) return &refusal::kRequestLine;
  if (text[5] != '1' || text[7] > '1') return &refusal::kVersion;
  minor_version = text[7] - '0';
  return nullptr;
}

// From where a path should begin: "/a/b?c=d", in two.
const Refusal* read_path(std::string_view text, RequestHead& into) {
  std::size_t path_end = find_not(Octet::Path, text);
  std::size_t end = path_end;
  if (end < text.size() && text[end] == '?') end = find_not(Octet::Query, text, end);
  if (end < text.size()) return text[end] == '#' ? &refusal::kTargetFragment : &refusal::kTargetByte;
  into.path = text.substr(0, path_end);
  into.query = text.substr(path_end);
  return nullptr;
}

// "http://host:port/path?query" (RFC 9112, 3.2.2). `authority` and `scheme` are what Host is compared with.
const Refusal* read_absolute_form(RequestHead& into, Scheme& scheme) {
  std::size_t colon = into.target.find("://");
  if (colon == std::string_view::npos) return &refusal::kTargetForm;
  std::string_view name = into.target.substr(0, colon);
  if (equals_ignoring_case(name, "http")) {
    scheme = Scheme::Http;
  } else if (equals_ignoring_case(name, "https")) {
    scheme = Scheme::Https;
  } else {
    return &refusal::kTargetScheme;
  }

  std::string_view rest = into.target.substr(colon + 3);
  std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  into.authority = rest.substr(0, end);
  if (into.authority.contains('@')) return &refusal::kUserinfo;
  if (!is_authority(into.authority)) return &refusal::kAuthority;
  if (const Refusal* why = read_path(rest.substr(end), into)) return why;
  if (into.path.empty()) into.path = into.method == Method::Options && into.query.empty() ? "*" : "/";
  return nullptr;
}

// RFC 9112, 3.2.
const Refusal* read_target(RequestHead& into, Scheme& scheme) {
  if (into.method == Method::Connect) {
    if (into.target.contains('@')) return &refusal::kUserinfo;
    if (!is_authority(into.target) || port_of(into.target).empty()) return &refusal::kTargetForm;
    into.authority = into.target;
    return nullptr;
  }
  if (into.target.front() == '/') return read_path(into.target, into);
  if (into.target == "*") {
    into.path = into.target;
    return into.method == Method::Options ? nullptr : &refusal::kTargetForm;
  }
  return read_absolute_form(into, scheme);
}

const Refusal* read_request_line(std::string_view line, RequestHead& into, Scheme& scheme) {
  std::size_t method_end = find_not(Octet::Token, line);
  if (method_end == 0 || method_end == line.size()) return &refusal::kRequestLine;
  if (line[method_end] != ' ') return &refusal::kMethod;
  into.method_text = line.substr(0, method_end);
  into.method = method_of(into.method_text);

  std::size_t target_end = line.find(' ', method_end + 1);
  if (target_end == std::string_view::npos || target_end == method_end + 1) return &refusal::kRequestLine;
  into.target = line.substr(method_end + 1, target_end - method_end - 1);
  if (const Refusal* why = read_version(line.substr(target_end + 1), into.minor_version)) return why;
  return read_target(into, scheme);
}

const Refusal* read_host(const Control& control, Scheme scheme, RequestHead& into) {
  if (!control.host) return &refusal::kHostMissing;
  std::string_view host = control.host->value;
  if (host.contains('@')) return &refusal::kUserinfo;
  if (!is_authority(host)) return &refusal::kHost;
  if (!into.authority.empty() && !same_authority(into.authority, host, scheme)) return &refusal::kHostDiffers;
  into.authority = host;
  return nullptr;
}

// RFC 9110, 10.1.1. In HTTP/1.0 the field has no meaning.
const Refusal* read_expect(RequestHead& into) {
  for (const Field& field : into.fields) {
    if (field.known != FieldName::Expect || into.minor_version == 0) continue;
    if (!equals_ignoring_case(field.value, "100-continue")) return &refusal::kExpectation;
    into.expects_continue = true;
  }
  return nullptr;
}

const Refusal* read_head(std::string_view head, const Limits& limits, RequestHead& into) {
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  std::string_view line;
  if (const Refusal* why = take_line(head, line)) return why;
  if (line.size() > limits.request_line_bytes) return &refusal::kTargetTooLong;
  Scheme scheme = Scheme::None;
  if (const Refusal* why = read_request_line(line, into, scheme)) return why;
  if (const Refusal* why = read_field_lines(head, limits.fields, into.fields)) return why;

  Control control;
  if (const Refusal* why = read_control(into.fields, into.minor_version, control)) return why;
  if (const Refusal* why = read_host(control, scheme, into)) return why;
  if (const Refusal* why = read_expect(into)) return why;

  if (control.chunked) into.body = {.kind = Framing::Kind::Chunked};
  if (control.length) into.body = {.kind = Framing::Kind::Length, .length = *control.length};
  into.keep_alive = keeps_alive(control, into.minor_version);
  into.connection_names_fields = control.names_fields;
  into.wants_upgrade =
      control.upgrade && control.upgrade_to && !control.upgrade_to->value.empty() && into.minor_version >= 1;
  if (into.wants_upgrade) into.upgrade = control.upgrade_to->value;
  return nullptr;
}

}  // namespace

std::expected<void, Refusal> parse_request_head(std::string_view head, const Limits& limits, RequestHead& into) {
  into.clear();
  if (const Refusal* why = read_head(head, limits, into)) return std::unexpected(*why);
  return {};
}

}  // namespace pforte::http
