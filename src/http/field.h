#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace pforte::http {

// The field names the gate does something with; all others are carried as they are.
enum class FieldName : std::uint8_t {
  Other,
  // The message and its connection (RFC 9110, 7.6.1; RFC 9112).
  Host,
  ContentLength,
  TransferEncoding,
  Connection,
  KeepAlive,
  ProxyConnection,
  Te,
  Trailer,
  Upgrade,
  Http2Settings,
  Expect,
  MaxForwards,
  Via,
  // Who asks.
  Authorization,
  WwwAuthenticate,
  PersistentAuth,
  ProxySupport,
  ProxyAuthorization,
  ProxyAuthenticate,
  Cookie,
  SetCookie,
  // The way here.
  Forwarded,
  XForwardedFor,
  XForwardedProto,
  XForwardedHost,
  XForwardedPort,
  XForwardedServer,
  XForwardedPrefix,
  XRealIp,
  // What some backends believe instead of the request line, and `Proxy`, which CGI turns into HTTP_PROXY.
  XOriginalUrl,
  XRewriteUrl,
  XHttpMethodOverride,
  Proxy,
  // What is wanted, and what came.
  Accept,
  AcceptEncoding,
  AcceptLanguage,
  UserAgent,
  Origin,
  Referer,
  SecFetchDest,
  SecFetchMode,
  SecFetchSite,
  SecWebsocketKey,
  SecWebsocketAccept,
  ContentType,
  ContentEncoding,
  ContentRange,
  CacheControl,
  Date,
  Location,
  RetryAfter,
  Server,
  StrictTransportSecurity,
};

// One field line. Views into the bytes of the head it was read from.
struct Field {
  std::string_view name;   // as sent; a token
  std::string_view value;  // without the white space around it; may hold bytes above 0x7f
  FieldName known = FieldName::Other;

  bool operator==(const Field&) const = default;
};

using Fields = std::vector<Field>;

// Which of ours `name` is, whatever its case. `name` has no control characters.
FieldName known_field(std::string_view name);

// About one connection of HTTP/1.1, which HTTP/2 does not have (RFC 9113, 8.2.2).
constexpr bool is_about_connection(FieldName name) {
  switch (name) {
    case FieldName::Connection:
    case FieldName::KeepAlive:
    case FieldName::ProxyConnection:
    case FieldName::TransferEncoding:
    case FieldName::Upgrade:
    case FieldName::Http2Settings:
      return true;
    default:
      return false;
  }
}

// The first field of that name, or null. Not for FieldName::Other.
const Field* find_field(const Fields& fields, FieldName name);

// RFC 9110, 5.6.2: one or more letters, digits and !#$%&'*+-.^_`|~
bool is_token(std::string_view text);

// Without the spaces and tabs at both ends (RFC 9110, 5.6.3).
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next element off a comma-separated list (RFC 9110, 5.6.1), trimmed; commas in quoted strings do not
// separate. Empty elements are passed over. Empty when there is no more.
std::string_view next_element(std::string_view& rest);

// Whether a Connection field lists `name`, whatever its case (RFC 9110, 7.6.1).
bool connection_lists(const Fields& fields, std::string_view name);

}  // namespace pforte::http
