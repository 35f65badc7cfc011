#include "http/forwarded.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace pforte::http {

namespace {

bool is_address(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.empty() || text.size() >= terminated.size()) return false;
  std::memcpy(terminated.data(), text.data(), text.size());
  std::array<std::byte, sizeof(in6_addr)> address;
  return inet_pton(family, terminated.data(), address.data()) == 1;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" and "[2001:db8::1]:80": the address. Else empty.
std::string_view address_of(std::string_view node) {
  if (node.contains('\0')) return {};
  if (node.starts_with('[')) {
    std::size_t end = node.find(']');
    if (end == std::string_view::npos) return {};
    std::string_view address = node.substr(1, end - 1);
    std::string_view after = node.substr(end + 1);
    return (after.empty() || after.starts_with(':')) && is_address(AF_INET6, address) ? address : std::string_view();
  }
  if (is_address(AF_INET6, node)) return node;
  std::string_view address = node.substr(0, node.find(':'));
  return is_address(AF_INET, address) ? address : std::string_view();
}

// The node of a Forwarded element's for parameter (RFC 7239, 4), or empty. Escapes have no place in an address.
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    std::size_t end = std::min(element.find(';'), element.size());
    std::string_view pair = trim(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    if (pair.size() < 4 || !equals_ignoring_case(pair.substr(0, 4), "for=")) continue;
    std::string_view node = pair.substr(4);
    bool quoted = node.size() >= 2 && node.starts_with('"') && node.ends_with('"');
    return quoted ? node.substr(1, node.size() - 2) : node;
  }
  return {};
}

// Takes the last element off a list. From the right, since what stands left was written by parties not yet believed:
// a quote they left open must not swallow what a proxy added.
std::string_view take_last_element(std::string_view& rest) {
  bool quoted = false;
  std::size_t from = rest.size();
  for (; from > 0 && (quoted || rest[from - 1] != ','); --from) {
    if (rest[from - 1] == '"') quoted = !quoted;
  }
  std::string_view element = trim(rest.substr(from));
  rest = rest.substr(0, from == 0 ? 0 : from - 1);
  return element;
}

using NodeOf = std::string_view (*)(std::string_view element);

std::optional<std::string_view> walk(const Fields& fields, FieldName name, NodeOf node_of,
                                     const IsTrusted& is_trusted) {
  std::optional<std::string_view> client;
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (field->known != name) continue;
    for (std::string_view rest = field->value; !rest.empty();) {
      std::string_view element = take_last_element(rest);
      if (element.empty()) continue;
      std::string_view address = address_of(node_of(element));
      if (address.empty()) return client;
      client = address;
      if (!is_trusted(address)) return client;
    }
  }
  return client;
}

void append_separator(std::string& out) {
  if (!out.empty()) out += ", ";
}

// As a token, or as a quoted-string without anything to escape: neither hosts nor addresses have quotes.
void append_value(std::string& out, std::string_view value) {
  bool token = is_token(value);
  if (!token) out += '"';
  out += value;
  if (!token) out += '"';
}

}  // namespace

std::optional<std::string_view> client_by_x_forwarded_for(const Fields& fields, const IsTrusted& is_trusted) {
  return walk(fields, FieldName::XForwardedFor, [](std::string_view element) { return element; }, is_trusted);
}

std::optional<std::string_view> client_by_forwarded(const Fields& fields, const IsTrusted& is_trusted) {
  return walk(fields, FieldName::Forwarded, for_of, is_trusted);
}

void append_joined(std::string& out, const Fields& fields, FieldName name) {
  for (const Field& field : fields) {
    if (field.known != name || field.value.empty()) continue;
    append_separator(out);
    out += field.value;
  }
}

void append_forwarded(std::string& out, const ForwardedHop& hop) {
  append_separator(out);
  out += "for=";
  if (hop.client.contains(':')) {
    out += "\"[";
    out += hop.client;
    out += "]\"";
  } else {
    out += hop.client;
  }
  out += ";host=";
  append_value(out, hop.host);
  out += ";proto=";
  out += hop.proto;
}

void append_x_forwarded_for(std::string& out, std::string_view client) {
  append_separator(out);
  out += client;
}

}  // namespace pforte::http
