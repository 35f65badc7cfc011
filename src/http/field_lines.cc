#include "http/field_lines.h"

#include <charconv>
#include <limits>

#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

// Fields that decide where a message ends and where it goes. A tab around their values is legal white space, but
// nobody writes one, except to be read differently by two parsers.
bool must_be_plain(FieldName name) {
  return name == FieldName::Host || name == FieldName::ContentLength || name == FieldName::TransferEncoding;
}

// `line` has no control characters.
const Refusal* read_field_line(std::string_view line, Field& field) {
  if (is_space(line.front())) return &refusal::kObsFold;
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return &refusal::kNoColon;
  std::string_view name = line.substr(0, colon);
  FieldName known = known_field(name);
  if (known == FieldName::Other && !is_token(name))
    return !name.empty() && is_space(name.back()) ? &refusal::kSpaceBeforeColon : &refusal::kFieldName;

  std::string_view after = line.substr(colon + 1);
  if (must_be_plain(known) && after.contains('\t')) return &refusal::kFieldTab;
  field = {.name = name, .value = trim(after), .known = known};
  return nullptr;
}

// RFC 9110, 8.6, without leading zeros, which some read as octal. Bounded so that lengths can be added.
const Refusal* read_content_length(std::string_view value, Control& control) {
  if (control.length) return &refusal::kContentLengthRepeated;
  bool decimal = !value.empty() && find_not(Octet::Digit, value) == value.size();
  if (!decimal || (value.size() > 1 && value.front() == '0')) return &refusal::kContentLength;
  std::int64_t length = 0;
  auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (problem != std::errc()) return &refusal::kContentLength;
  control.length = static_cast<std::uint64_t>(length);
  return nullptr;
}

// Codings that exist and that we do not speak (RFC 9112, 7).
bool is_other_coding(std::string_view name) {
  for (std::string_view known : {"gzip", "x-gzip", "deflate", "compress", "x-compress", "identity"}) {
    if (equals_ignoring_case(name, known)) return true;
  }
  return false;
}

// What is neither chunked nor an honest wish for another coding is an attempt to be read in two ways.
const Refusal* read_transfer_encoding(std::string_view value, Control& control) {
  if (control.chunked) return &refusal::kTransferEncoding;
  control.chunked = equals_ignoring_case(value, "chunked");
  if (control.chunked) return nullptr;

  std::size_t codings = 0;
  std::string_view rest = value;
  for (std::string_view coding = next_element(rest); !coding.empty(); coding = next_element(rest)) {
    bool last_chunked = codings > 0 && rest.empty() && equals_ignoring_case(coding, "chunked");
    if (!is_other_coding(coding) && !last_chunked) return &refusal::kTransferEncoding;
    ++codings;
  }
  return codings == 0 ? &refusal::kTransferEncoding : &refusal::kTransferCoding;
}

const Refusal* read_connection(std::string_view value, Control& control) {
  // What nearly everybody sends.
  if (value == "keep-alive") {
    control.keep_alive = true;
    return nullptr;
  }
  for (std::string_view option = next_element(value); !option.empty(); option = next_element(value)) {
    if (!is_token(option)) return &refusal::kConnection;
    if (equals_ignoring_case(option, "close")) {
      control.close = true;
    } else if (equals_ignoring_case(option, "keep-alive")) {
      control.keep_alive = true;
    } else if (equals_ignoring_case(option, "upgrade")) {
      control.upgrade = true;
    } else {
      control.names_fields = true;
    }
  }
  return nullptr;
}

constexpr std::size_t kMaxTrailers = 64;

// May come after the body: a checksum, a timing, a verdict. What decides framing, route, rights or meaning would come
// too late for those who have already decided (RFC 9110, 6.5.1).
bool may_trail(FieldName name) {
  return name == FieldName::Other || name == FieldName::Date;
}

}  // namespace

const Refusal* take_line(std::string_view& rest, std::string_view& line) {
  std::size_t end = find_control(rest, 0);
  if (end == rest.size()) return &refusal::kIncomplete;
  if (rest[end] == '\n') return &refusal::kBareLf;
  if (rest[end] != '\r') return &refusal::kControl;
  if (end + 1 == rest.size()) return &refusal::kIncomplete;
  if (rest[end + 1] != '\n') return &refusal::kBareCr;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return nullptr;
}

const Refusal* read_field_lines(std::string_view text, std::size_t limit, Fields& fields) {
  while (true) {
    std::string_view line;
    if (const Refusal* why = take_line(text, line)) return why;
    if (line.empty()) return text.empty() ? nullptr : &refusal::kIncomplete;
    if (fields.size() == limit) return &refusal::kTooManyFields;
    if (const Refusal* why = read_field_line(line, fields.emplace_back())) return why;
  }
}

const Refusal* read_trailer_lines(std::string_view text, Fields& trailers) {
  if (const Refusal* why = read_field_lines(text, kMaxTrailers, trailers)) return why;
  for (const Field& field : trailers) {
    if (!may_trail(field.known)) return &refusal::kTrailerField;
  }
  return nullptr;
}

const Refusal* read_control(const Fields& fields, int minor_version, Control& control) {
  for (const Field& field : fields) {
    const Refusal* why = nullptr;
    switch (field.known) {
      case FieldName::Host:
        why = control.host ? &refusal::kHostRepeated : nullptr;
        control.host = &field;
        break;
      case FieldName::Authorization:
        why = control.authorization ? &refusal::kAuthorizationRepeated : nullptr;
        control.authorization = &field;
        break;
      case FieldName::Upgrade:
        why = control.upgrade_to ? &refusal::kUpgradeRepeated : nullptr;
        control.upgrade_to = &field;
        break;
      case FieldName::ContentLength:
        why = read_content_length(field.value, control);
        break;
      case FieldName::TransferEncoding:
        why = read_transfer_encoding(field.value, control);
        break;
      case FieldName::Connection:
        why = read_connection(field.value, control);
        break;
      case FieldName::WwwAuthenticate:
      case FieldName::PersistentAuth:
        control.authenticates = true;
        break;
      default:
        break;
    }
    if (why) return why;
  }
  if (control.chunked && minor_version == 0) return &refusal::kTransferEncoding;
  if (control.chunked && control.length) return &refusal::kTwoLengths;
  return nullptr;
}

bool keeps_alive(const Control& control, int minor_version) {
  return !control.close && (minor_version >= 1 || control.keep_alive);
}

}  // namespace pforte::http
