#include "http/compose.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace pforte::http {

namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr std::array kReasons{
    Reason{100, "Continue"},
    Reason{101, "Switching Protocols"},
    Reason{103, "Early Hints"},
    Reason{200, "OK"},
    Reason{204, "No Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{408, "Request Timeout"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{421, "Misdirected Request"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
};

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void append_framing(std::string& out, const Framing& framing) {
  if (framing.kind == Framing::Kind::Chunked) out += "Transfer-Encoding: chunked\r\n";
  if (framing.kind != Framing::Kind::Length) return;
  out += "Content-Length: ";
  append_number(out, framing.length);
  out += "\r\n";
}

void append_connection(std::string& out, Connection connection, std::string_view upgrade, int client_minor_version) {
  if (connection == Connection::Closes) out += "Connection: close\r\n";
  if (connection == Connection::KeepsAlive && client_minor_version == 0) out += "Connection: keep-alive\r\n";
  if (connection != Connection::Upgrades) return;
  out += "Connection: Upgrade\r\n";
  append_field(out, "Upgrade", upgrade);
}

// Every header line of every exchange comes through here: one look at the string's room, not four.
template <class Fill>
void append_with_room(std::string& out, std::size_t bytes, Fill fill) {
  std::size_t before = out.size();
  if (out.capacity() - before < bytes) out.reserve(2 * out.capacity() + bytes + 512);
  out.resize_and_overwrite(before + bytes, [&](char* text, std::size_t size) {
    fill(text + before);
    return size;
  });
}

// Whether `behind` stands in memory behind `text`, with those two bytes between.
bool follows(std::string_view text, const char (&between)[3], std::string_view behind) {
  const char* end = text.data() + text.size();
  return end + 2 == behind.data() && end[0] == between[0] && end[1] == between[1];
}

// Behind the last of the fields from `at` on that stand in a row as they are written; `at` if that one does not.
std::size_t end_of_row(const Fields& fields, std::size_t at) {
  while (at < fields.size() && follows(fields[at].name, ": ", fields[at].value)) {
    ++at;
    if (at == fields.size() || !follows(fields[at - 1].value, "\r\n", fields[at].name)) break;
  }
  return at;
}

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append_with_room(out, name.size() + value.size() + 4, [&](char* end) {
    end += name.copy(end, name.size());
    *end++ = ':';
    *end++ = ' ';
    end += value.copy(end, value.size());
    *end++ = '\r';
    *end++ = '\n';
  });
}

// Fields that stand in a row where they were read, written as we would write them, are copied as one.
void append_fields(std::string& out, const Fields& fields) {
  std::size_t at = 0;
  while (at < fields.size()) {
    std::size_t end = end_of_row(fields, at);
    if (end == at) {
      append_field(out, fields[at].name, fields[at].value);
      ++at;
      continue;
    }
    const char* begin = fields[at].name.data();
    std::string_view last = fields[end - 1].value;
    std::string_view row(begin, last.data() + last.size());
    append_with_room(out, row.size() + 2, [&](char* to) {
      to += row.copy(to, row.size());
      *to++ = '\r';
      *to++ = '\n';
    });
    at = end;
  }
}

void append_request_head(std::string& out, const RequestHead& head) {
  out.append(head.method_text).append(" ").append(head.path).append(head.query).append(" HTTP/1.1\r\n");
  append_fields(out, head.fields);
  append_framing(out, head.body);
  if (head.wants_upgrade) append_connection(out, Connection::Upgrades, head.upgrade, 1);
  out += "\r\n";
}

void append_response_head(std::string& out, const ResponseHead& head, Connection connection, int client_minor_version) {
  out += "HTTP/1.1 ";
  append_number(out, std::uint64_t(head.status));
  out.append(" ").append(head.reason).append("\r\n");
  append_fields(out, head.fields);
  append_framing(out, head.body);
  append_connection(out, connection, head.upgrade, client_minor_version);
  out += "\r\n";
}

std::string_view reason_of(int status) {
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? std::string_view() : found->phrase;
}

}  // namespace pforte::http
