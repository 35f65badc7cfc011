#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "http/field.h"

namespace pforte::http {

enum class Method : std::uint8_t { Get, Head, Post, Put, Delete, Options, Patch, Trace, Connect, Other };

// Asking again does no harm (RFC 9110, 9.2.2). Other is neither.
constexpr bool is_safe(Method method) {
  return method == Method::Get || method == Method::Head || method == Method::Options || method == Method::Trace;
}
constexpr bool is_idempotent(Method method) {
  return is_safe(method) || method == Method::Put || method == Method::Delete;
}

// Whether an answer has a body, whatever its fields say (RFC 9112, 6.3).
constexpr bool has_body(int status, Method of_request) {
  return status >= 200 && status != 204 && status != 304 && of_request != Method::Head;
}

// Who wrote a message. A client is told what it did wrong; a backend's mistake is a 502.
enum class Sender : std::uint8_t { Client, Backend };

// Why a message is refused. Never allocates: `code` and `text` are literals, listed in http/refusal.h.
struct Refusal {
  std::uint16_t status;   // to answer the client with
  std::string_view code;  // stable, documented in docs/errors.md
  std::string_view text;  // English, for the log

  bool operator==(const Refusal&) const = default;
};

// Bounds of a head, in bytes where nothing else is said.
struct Limits {
  // Request or status line without its CRLF. Over it: 414.
  std::size_t request_line_bytes = std::size_t{16} * 1024;
  // All of the head but the value of Authorization. Over it: 431.
  std::size_t head_bytes = std::size_t{32} * 1024;
  // The value of Authorization: a Kerberos ticket of 48 kB, as Base64. On top of head_bytes.
  std::size_t authorization_bytes = std::size_t{64} * 1024;
  // Number of field lines. Over it: 431.
  std::size_t fields = 100;

  // The longest head that can be accepted; what a buffer for heads must be able to hold.
  constexpr std::size_t longest_head() const { return head_bytes + authorization_bytes; }
};

// How the end of a body is known (RFC 9112, 6.3).
struct Framing {
  enum class Kind : std::uint8_t { None, Length, Chunked, UntilClose };

  Kind kind = Kind::None;
  std::uint64_t length = 0;  // of Kind::Length; 0 is possible and means that the sender said so

  bool operator==(const Framing&) const = default;
};

// A request without its body. Views into the bytes it was read from, but for the path of "http://host", which is "/".
struct RequestHead {
  Method method = Method::Other;
  std::string_view method_text;
  std::string_view target;     // as sent
  std::string_view path;       // without query; "*" for a whole server, empty for CONNECT
  std::string_view query;      // with its '?', or empty
  std::string_view authority;  // host and port as sent in Host, never empty; the target's, if any, agrees with it
  int minor_version = 1;       // of HTTP/1
  Fields fields;
  Framing body;  // never UntilClose
  bool keep_alive = false;
  bool expects_continue = false;
  bool wants_upgrade = false;            // Connection lists it, Upgrade says to what, and the version allows it
  bool connection_names_fields = false;  // Connection lists more than close, keep-alive and upgrade
  std::string_view upgrade;              // value of Upgrade; empty unless wants_upgrade

  const Field* find(FieldName name) const { return find_field(fields, name); }

  // Back to the beginning, but the memory of `fields` is kept.
  void clear() {
    Fields kept = std::move(fields);
    kept.clear();
    *this = {};
    fields = std::move(kept);
  }
};

// A response without its body. Views into the bytes it was read from.
struct ResponseHead {
  int status = 0;           // 100 to 999
  std::string_view reason;  // may be empty
  int minor_version = 1;    // of HTTP/1
  Fields fields;
  Framing body;                          // None for 1xx, 204, 304 and answers to HEAD, whatever the fields say
  bool keep_alive = false;               // of the backend's connection; false if the body lasts until its close
  bool connection_names_fields = false;  // Connection lists more than close, keep-alive and upgrade
  bool signs_in_connection = false;      // its connection may stand for somebody from here on: see http/challenge.h
  std::string_view upgrade;              // of a 101 that says to what; else empty

  const Field* find(FieldName name) const { return find_field(fields, name); }

  // 1xx, after which the real answer comes. A 101 is final.
  bool is_interim() const { return status < 200 && status != 101; }

  // Back to the beginning, but the memory of `fields` is kept.
  void clear() {
    Fields kept = std::move(fields);
    kept.clear();
    *this = {};
    fields = std::move(kept);
  }
};

}  // namespace pforte::http
